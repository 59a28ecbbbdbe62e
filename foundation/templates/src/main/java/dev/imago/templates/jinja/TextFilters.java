package dev.imago.templates.jinja;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/// Filters of strings.
final class TextFilters {
  private static final List<String> NOT_CARRIED_OUT =
      List.of("pprint", "striptags", "urlize", "wordwrap", "xmlattr");

  private TextFilters() {}

  static void addTo(Map<String, BiFunction<Object, Arguments, Object>> filters) {
    filters.put("upper", (v, a) -> soft("upper", v, a, Letters::upper));
    filters.put("lower", (v, a) -> soft("lower", v, a, Letters::lower));
    filters.put("capitalize", (v, a) -> soft("capitalize", v, a, Letters::capitalize));
    filters.put("title", (v, a) -> Sequences.none("title", a, () -> title(Repr.text(v))));
    filters.put("string", (v, a) -> soft("string", v, a, s -> s));
    filters.put("safe", (v, a) -> Sequences.none("safe", a, () -> new Markup(Repr.text(v))));
    filters.put("escape", (v, a) -> Sequences.none("escape", a, () -> Markup.escape(v)));
    filters.put("e", (v, a) -> Sequences.none("e", a, () -> Markup.escape(v)));
    filters.put(
        "forceescape",
        (v, a) -> Sequences.none("forceescape", a, () -> new Markup(Markup.escaped(Repr.text(v)))));
    filters.put(
        "trim",
        (v, arguments) -> {
          var a = arguments.bind("trim", "chars?");
          String chars = a.isNone(0) ? null : a.string(0);
          String s = StringMethods.strip(Repr.text(v), chars, true, true);
          return v instanceof Markup ? new Markup(s) : s;
        });
    filters.put(
        "replace",
        (v, arguments) -> {
          var a = arguments.bind("replace", "old", "new", "count?");
          long count = a.isNone(2) ? -1 : a.integer(2, -1);
          return StringMethods.replace(
              Repr.text(v), Repr.text(a.get(0)), Repr.text(a.get(1)), count);
        });
    filters.put(
        "center",
        (v, arguments) -> {
          long width = arguments.bind("center", "width?").integer(0, 80);
          String s = StringMethods.pad(Repr.text(v), width, " ", '^');
          return v instanceof Markup ? new Markup(s) : s;
        });
    filters.put("format", TextFilters::format);
    filters.put("join", TextFilters::join);
    filters.put("indent", TextFilters::indent);
    filters.put("truncate", TextFilters::truncate);
    filters.put("wordcount", (v, a) -> Sequences.none("wordcount", a, () -> words(Repr.text(v))));
    filters.put("urlencode", (v, a) -> Sequences.none("urlencode", a, () -> urlEncode(v)));
    for (String name : NOT_CARRIED_OUT) {
      filters.put(
          name,
          (v, a) -> {
            throw new TemplateException(
                "the filter «"
                    + name
                    + "» is not carried out here; no chat template is known to"
                    + " use it");
          });
    }
  }

  /// A filter of a string, by which safe text stays safe.
  private static Object soft(
      String name, Object value, Arguments arguments, UnaryOperator<String> filter) {
    arguments.bind(name);
    String s = filter.apply(Repr.text(value));
    return value instanceof Markup ? new Markup(s) : s;
  }

  private static String title(String s) {
    Budget.make(s.length());
    var out = new StringBuilder();
    int start = 0;
    for (int i = 0; i <= s.length(); i++) {
      boolean separates =
          i == s.length() || Text.isSpace(s.charAt(i)) || "-({[<".indexOf(s.charAt(i)) >= 0;
      if (separates && start < i) {
        int first = s.offsetByCodePoints(start, 1);
        out.append(Letters.upper(s.substring(start, first)))
            .append(Letters.lower(s.substring(first, i)));
      }
      if (separates) {
        start = i + 1;
        out.append(i < s.length() ? s.substring(i, i + 1) : "");
      }
    }
    return out.toString();
  }

  private static Object format(Object value, Arguments arguments) {
    if (arguments.count() > 0 && !arguments.named().isEmpty()) {
      throw new TemplateException("format takes values by place or by name, not both");
    }
    Object values =
        arguments.named().isEmpty()
            ? new Tuple(arguments.positional())
            : Dict.ofNames(arguments.named());
    String text = PercentFormat.format(Repr.text(value), values, value instanceof Markup);
    return value instanceof Markup ? new Markup(text) : text;
  }

  private static Object join(Object value, Arguments arguments) {
    var a = arguments.bind("join", "d?", "attribute?");
    UnaryOperator<Object> path = Sequences.path(a.get(1, None.NONE), null);
    String separator = Repr.text(a.get(0, ""));
    var out = new StringBuilder();
    boolean first = true;
    for (Iterator<Object> items = Python.iterate(value); items.hasNext(); first = false) {
      String item = Repr.text(path.apply(items.next()));
      Budget.make((long) item.length() + separator.length());
      out.append(first ? "" : separator).append(item);
    }
    return out.toString();
  }

  private static Object indent(Object value, Arguments arguments) {
    var a = arguments.bind("indent", "width?", "first?", "blank?");
    Object width = a.get(0, 4L);
    String blanks =
        Python.isText(width) ? Python.string(width) : Text.repeat(" ", Python.integer(width));
    List<String> lines = Splitting.lines(Python.string(value) + "\n", false);
    Budget.make((long) lines.size() * blanks.length());
    var out = new StringBuilder(a.truth(1) ? blanks : "").append(lines.getFirst());
    for (String line : lines.subList(1, lines.size())) {
      out.append('\n').append(line.isEmpty() && !a.truth(2) ? "" : blanks).append(line);
    }
    return value instanceof Markup ? new Markup(out.toString()) : out.toString();
  }

  private static Object truncate(Object value, Arguments arguments) {
    var a = arguments.bind("truncate", "length?", "killwords?", "end?", "leeway?");
    String end = Repr.text(a.get(2, "..."));
    long length = a.integer(0, 255);
    long leeway = a.isNone(3) ? 5 : a.integer(3, 5);
    long kept = length - Text.length(end);
    if (kept < 0 || leeway < 0) {
      throw new TemplateException(
          "truncate wants a length of at least that of «" + end + "», and no negative leeway");
    }
    if (Python.length(value) <= length + leeway) {
      return value;
    }
    String s = Python.string(value);
    String cut = s.substring(0, Text.offset(s, kept));
    int blank = cut.lastIndexOf(' ');
    return (a.truth(1) || blank < 0 ? cut : cut.substring(0, blank)) + end;
  }

  private static long words(String s) {
    Budget.read(s.length());
    long words = 0;
    boolean inWord = false;
    for (int c : s.codePoints().toArray()) {
      boolean part = c == '_' || Letters.isAlphabetic(c) || Letters.isNumeric(c);
      words += part && !inWord ? 1 : 0;
      inWord = part;
    }
    return words;
  }

  private static Object urlEncode(Object value) {
    if (Python.isText(value) || !Python.isIterable(value)) {
      return quote(Repr.text(value), "/");
    }
    Iterator<Object> pairs =
        value instanceof Dict d
            ? new DictView(d, DictView.Part.ITEMS).iterator()
            : Python.iterate(value);
    var out = new StringBuilder();
    while (pairs.hasNext()) {
      List<Object> pair = Python.list(pairs.next());
      if (pair.size() != 2) {
        throw new TemplateException("urlencode wants pairs, not " + pair.size());
      }
      out.append(out.isEmpty() ? "" : "&")
          .append(quote(Repr.text(pair.get(0)), "").replace("%20", "+"))
          .append('=')
          .append(quote(Repr.text(pair.get(1)), "").replace("%20", "+"));
    }
    return out.toString();
  }

  private static String quote(String s, String safe) {
    Budget.make(s.length() * 3L);
    var out = new StringBuilder();
    for (byte b : s.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          c < 0x80
              && (Character.isLetterOrDigit(c) || "_.-~".indexOf(c) >= 0 || safe.indexOf(c) >= 0);
      out.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    return out.toString();
  }
}
