package dev.imago.templates.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The methods of Python's strings.
final class StringMethods {
  private static final Set<String> REST = Set.of("encode", "maketrans", "translate");

  private StringMethods() {}

  static @Nullable Function of(String s, String name) {
    Function method = method(s, name);
    if (method == null) {
      return null;
    }
    return a -> {
      Budget.read(s.length());
      return method.call(a);
    };
  }

  private static @Nullable Function method(String s, String name) {
    return switch (name) {
      case "strip" -> a -> strip(s, a, name, true, true);
      case "lstrip" -> a -> strip(s, a, name, true, false);
      case "rstrip" -> a -> strip(s, a, name, false, true);
      case "upper" -> plain(name, () -> Letters.upper(s));
      case "lower" -> plain(name, () -> Letters.lower(s));
      case "casefold" -> plain(name, () -> Letters.casefold(s));
      case "capitalize" -> plain(name, () -> Letters.capitalize(s));
      case "title" -> plain(name, () -> Letters.title(s));
      case "swapcase" -> plain(name, () -> Letters.swapcase(s));
      case "startswith" -> a -> affix(s, a, name, String::startsWith);
      case "endswith" -> a -> affix(s, a, name, String::endsWith);
      case "replace" ->
          a -> {
            var b = a.bind(name, "/old", "/new", "/count?");
            return replace(s, b.string(0), b.string(1), b.integer(2, -1));
          };
      case "split" -> a -> Splitting.split(s, a, name, false);
      case "rsplit" -> a -> Splitting.split(s, a, name, true);
      case "splitlines" ->
          a -> new ArrayList<Object>(Splitting.lines(s, a.bind(name, "keepends?").truth(0)));
      case "partition" -> a -> partition(s, a.bind(name, "/sep").string(0), false);
      case "rpartition" -> a -> partition(s, a.bind(name, "/sep").string(0), true);
      case "join" -> a -> join(s, a.bind(name, "/iterable").get(0));
      case "find" -> a -> find(s, a, name, false);
      case "rfind" -> a -> find(s, a, name, true);
      case "index" -> a -> found(find(s, a, name, false), a);
      case "rindex" -> a -> found(find(s, a, name, true), a);
      case "count" -> a -> count(s, a);
      case "removeprefix" ->
          a -> {
            String prefix = a.bind(name, "/prefix").string(0);
            return s.startsWith(prefix) ? s.substring(prefix.length()) : s;
          };
      case "removesuffix" ->
          a -> {
            String suffix = a.bind(name, "/suffix").string(0);
            return s.endsWith(suffix) ? s.substring(0, s.length() - suffix.length()) : s;
          };
      case "center" -> a -> pad(s, a, name, '^');
      case "ljust" -> a -> pad(s, a, name, '<');
      case "rjust" -> a -> pad(s, a, name, '>');
      case "zfill" -> a -> zfill(s, a.bind(name, "/width").integer(0, 0));
      case "expandtabs" -> a -> expandTabs(s, a.bind(name, "tabsize?").integer(0, 8));
      case "format" -> a -> BraceFormat.format(s, a, false);
      case "format_map" -> a -> BraceFormat.format(s, BraceFormat.mapped(a), false);
      case "isalnum" -> all(name, s, c -> Letters.isAlphabetic(c) || Letters.isNumeric(c));
      case "isalpha" -> all(name, s, Letters::isAlphabetic);
      case "isascii" -> plain(name, () -> s.chars().allMatch(c -> c < 0x80));
      case "isdecimal" -> all(name, s, Character::isDigit);
      case "isdigit" -> all(name, s, Letters::isDigit);
      case "isnumeric" -> all(name, s, Letters::isNumeric);
      case "isspace" -> all(name, s, Text::isSpace);
      case "isprintable" -> plain(name, () -> s.codePoints().allMatch(Repr::isPrintable));
      case "isidentifier" ->
          plain(
              name,
              () ->
                  !s.isEmpty()
                      && (s.charAt(0) == '_'
                          || Character.isUnicodeIdentifierStart(s.codePointAt(0)))
                      && s.codePoints()
                          .allMatch(
                              c ->
                                  Character.isUnicodeIdentifierPart(c)
                                      && !Character.isIdentifierIgnorable(c)));
      case "islower" -> plain(name, () -> Letters.isLower(s));
      case "isupper" -> plain(name, () -> Letters.isUpper(s));
      case "istitle" -> plain(name, () -> Letters.isTitle(s));
      default ->
          REST.contains(name)
              ? a -> {
                throw new TemplateException("the method «" + name + "» is not carried out here");
              }
              : null;
    };
  }

  /// A method without arguments.
  private static Function plain(String name, java.util.function.Supplier<Object> result) {
    return a -> {
      a.bind(name);
      return result.get();
    };
  }

  private static Function all(String name, String s, java.util.function.IntPredicate test) {
    return plain(
        name,
        () -> {
          Budget.read(s.length());
          return !s.isEmpty() && s.codePoints().allMatch(test);
        });
  }

  private static Object strip(
      String s, Arguments arguments, String name, boolean left, boolean right) {
    var a = arguments.bind(name, "/chars?");
    return strip(s, a.isNone(0) ? null : a.string(0), left, right);
  }

  static String strip(String s, @Nullable String characters, boolean left, boolean right) {
    Predicate<Integer> strips =
        characters == null ? Text::isSpace : c -> characters.indexOf(c) >= 0;
    Budget.read((long) s.length() * (characters == null ? 1 : 1 + characters.length() / 16));
    int from = 0;
    int to = s.length();
    while (left && from < to && strips.test(s.codePointAt(from))) {
      from += Character.charCount(s.codePointAt(from));
    }
    while (right && from < to && strips.test(s.codePointBefore(to))) {
      to -= Character.charCount(s.codePointBefore(to));
    }
    return s.substring(from, to);
  }

  /// Start and end, as Python counts them, to the part of the string between.
  private static @Nullable String part(String s, Arguments.Bound a, int first) {
    if (a.isNone(first) && a.isNone(first + 1)) {
      return s;
    }
    long n = Text.length(s);
    long from = a.isNone(first) ? 0 : place(a.integer(first, 0), n);
    long to = a.isNone(first + 1) ? n : Math.min(n, place(a.integer(first + 1, n), n));
    return from > to ? null : s.substring(Text.offset(s, from), Text.offset(s, to));
  }

  private static long place(long index, long n) {
    return index < 0 ? Math.max(0, index + n) : index;
  }

  private static boolean affix(
      String s, Arguments arguments, String name, BiPredicate<String, String> test) {
    var a = arguments.bind(name, "/affix", "/start?", "/end?");
    String part = part(s, a, 1);
    List<Object> affixes = a.get(0) instanceof Tuple t ? t.items() : List.of(a.get(0));
    for (Object affix : affixes) {
      String text = Python.string(affix);
      Budget.read(text.length());
      if (part != null && test.test(part, text)) {
        return true;
      }
    }
    return false;
  }

  static String replace(String s, String old, String with, long count) {
    long most = count < 0 ? Long.MAX_VALUE : count;
    var out = new StringBuilder();
    if (old.isEmpty()) {
      int at = 0;
      for (long n = 0; n < most && at <= s.length(); n++) {
        Budget.make(with.length() + 1L);
        out.append(with);
        if (at == s.length()) {
          return out.toString();
        }
        int next = at + Character.charCount(s.codePointAt(at));
        out.append(s, at, next);
        at = next;
      }
      return out.append(s, at, s.length()).toString();
    }
    Budget.make(s.length());
    int from = 0;
    for (int at; most > 0 && (at = Text.find(s, old, from)) >= 0; most--) {
      Budget.make(with.length());
      out.append(s, from, at).append(with);
      from = at + old.length();
    }
    return out.append(s, from, s.length()).toString();
  }

  static String join(String separator, Object items) {
    var out = new StringBuilder();
    boolean first = true;
    for (var all = Python.iterate(items); all.hasNext(); first = false) {
      String item = Python.string(all.next());
      Budget.make((long) item.length() + separator.length());
      out.append(first ? "" : separator).append(item);
    }
    return out.toString();
  }

  private static Tuple partition(String s, String separator, boolean last) {
    if (separator.isEmpty()) {
      throw new TemplateException("partition wants a separator that is not empty");
    }
    int at = last ? Text.findLast(s, separator) : Text.find(s, separator, 0);
    Budget.make(s.length());
    return at < 0
        ? last ? Tuple.of("", "", s) : Tuple.of(s, "", "")
        : Tuple.of(s.substring(0, at), separator, s.substring(at + separator.length()));
  }

  private static long find(String s, Arguments arguments, String name, boolean last) {
    var a = arguments.bind(name, "/sub", "/start?", "/end?");
    String part = part(s, a, 1);
    if (part == null) {
      return -1;
    }
    String sub = a.string(0);
    long from = a.isNone(1) ? 0 : Math.min(Text.length(s), place(a.integer(1, 0), Text.length(s)));
    long at = Text.index(part, last ? Text.findLast(part, sub) : Text.find(part, sub, 0));
    return at < 0 ? -1 : at + from;
  }

  private static long found(long index, Arguments arguments) {
    if (index < 0) {
      throw new TemplateException(Repr.shortly(arguments.at(0)) + " is not in the string");
    }
    return index;
  }

  private static long count(String s, Arguments arguments) {
    var a = arguments.bind("count", "/sub", "/start?", "/end?");
    String sub = a.string(0);
    String part = part(s, a, 1);
    if (part == null) {
      return 0;
    }
    if (sub.isEmpty()) {
      return Text.length(part) + 1L;
    }
    long count = 0;
    for (int at = Text.find(part, sub, 0); at >= 0; at = Text.find(part, sub, at + sub.length())) {
      count++;
    }
    return count;
  }

  private static String pad(String s, Arguments arguments, String name, char align) {
    var a = arguments.bind(name, "/width", "/fillchar?");
    String fill = a.has(1) ? a.string(1) : " ";
    if (fill.codePointCount(0, fill.length()) != 1) {
      throw new TemplateException("«" + name + "» fills with one character, not «" + fill + "»");
    }
    return pad(s, a.integer(0, 0), fill, align);
  }

  static String pad(String s, long width, String fill, char align) {
    long missing = width - Text.length(s);
    if (missing <= 0) {
      return s;
    }
    // Python's centre leans left where the width is odd, and right where it is even.
    long left =
        switch (align) {
          case '<' -> 0;
          case '>' -> missing;
          default -> missing / 2 + (missing & width & 1);
        };
    return Text.repeat(fill, left) + s + Text.repeat(fill, missing - left);
  }

  static String zfill(String s, long width) {
    int sign = s.startsWith("-") || s.startsWith("+") ? 1 : 0;
    return s.substring(0, sign) + Text.repeat("0", width - Text.length(s)) + s.substring(sign);
  }

  private static String expandTabs(String s, long size) {
    var out = new StringBuilder();
    long column = 0;
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c == '\t') {
        long blanks = size <= 0 ? 0 : size - column % size;
        out.append(Text.repeat(" ", blanks));
        column += blanks;
      } else {
        out.append(c);
        column = c == '\n' || c == '\r' ? 0 : column + (Character.isLowSurrogate(c) ? 0 : 1);
      }
    }
    Budget.make(out.length());
    return out.toString();
  }
}
