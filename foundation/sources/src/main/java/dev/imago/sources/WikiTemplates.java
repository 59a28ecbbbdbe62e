package dev.imago.sources;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/// The templates of Wikipedia that stand for words, as these words. What is not among them stands
/// for a box, a picture or a note to editors, and is left out; their definitions are not in a
/// dump's reach.
final class WikiTemplates {
  private static final Set<String> FIRST =
      Set.of(
          "nowrap",
          "nobr",
          "small",
          "big",
          "larger",
          "smaller",
          "center",
          "em",
          "strong",
          "mono",
          "var",
          "abbr",
          "sic",
          "not a typo",
          "tooltip",
          "math",
          "mvar",
          "smallcaps",
          "sc",
          "zh",
          "cjk",
          "transl",
          "ipa",
          "pronunciation",
          "unicode",
          "script",
          "visible anchor",
          "vanchor",
          "anchored",
          "plainlist",
          "flatlist",
          "quote",
          "blockquote",
          "cquote",
          "quotation",
          "centered pull quote",
          "green",
          "blue",
          "red",
          "angbr",
          "literal translation",
          "gloss",
          "as written",
          "nihongo",
          "link-en",
          "link-ja",
          "link-de",
          "link-fr",
          "le",
          "tsl",
          "ill",
          "interlanguage link",
          "tl",
          "col-begin",
          "linktext",
          "wikt-lang",
          "keypress",
          "key",
          "ubl item",
          "formatnum",
          "nts",
          "flagcountry",
          "flag",
          "flagu",
          "country",
          "ruby-ja",
          "bd",
          "r-phrase",
          "chem2",
          "chem",
          "code",
          "en-icon",
          "lcfirst",
          "ucfirst",
          "uc",
          "lc",
          "noitalic",
          "italic title prefixed",
          "post-nominals",
          "usd",
          "disputed inline",
          "overline",
          "underline",
          "strikethrough",
          "hlist item",
          "citation needed span");

  private static final Set<String> SECOND =
      Set.of(
          "lang",
          "color",
          "font color",
          "colored text",
          "transliteration",
          "wiktionary",
          "background color",
          "script/hebrew",
          "resize",
          "tsl2",
          "langx",
          "lang-x");

  private static final Set<String> LISTS =
      Set.of(
          "ubl",
          "unbulleted list",
          "bulleted list",
          "hlist",
          "flatlist",
          "plainlist",
          "ordered list");

  private static final Map<String, String> SIGNS =
      Map.ofEntries(
          Map.entry("!", "|"),
          Map.entry("=", "="),
          Map.entry("ndash", "–"),
          Map.entry("spaced ndash", " – "),
          Map.entry("snd", " – "),
          Map.entry("mdash", "—"),
          Map.entry("spd", " – "),
          Map.entry("dash", "–"),
          Map.entry("nbsp", " "),
          Map.entry("space", " "),
          Map.entry("·", " · "),
          Map.entry("dot", " · "),
          Map.entry("•", " • "),
          Map.entry("bull", " • "),
          Map.entry("'", "'"),
          Map.entry("'s", "'s"),
          Map.entry("sup", ""),
          Map.entry("-", "\n"),
          Map.entry("clear", ""),
          Map.entry("circa", "c. "),
          Map.entry("c.", "c. "),
          Map.entry("ca", "c. "),
          Map.entry("times", "×"),
          Map.entry("pi", "π"),
          Map.entry("e", "e"),
          Map.entry("euro", "€"),
          Map.entry("gbp", "£"),
          Map.entry("reflist", WikiLines.REFERENCES),
          Map.entry("references", WikiLines.REFERENCES),
          Map.entry("notelist", ""));

  private static final Set<String> HATNOTES =
      Set.of(
          "main",
          "main article",
          "main articles",
          "see also",
          "further",
          "further information",
          "details");

  private final String name;
  private final List<String> plain = new ArrayList<>();
  private final Map<String, String> named = new LinkedHashMap<>();

  private WikiTemplates(String content) {
    String[] parts = content.split("\\|", -1);
    name = parts[0].strip().replace('_', ' ').toLowerCase(Locale.ROOT);
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String key = equals < 0 ? "" : parts[i].substring(0, equals).strip();
      if (key.matches("[1-9]")) {
        // Written out where the text itself holds an equals sign.
        plain.add(parts[i].substring(equals + 1).strip());
      } else if (equals > 0 && key.matches("[\\p{L}\\p{N} _-]{1,40}")) {
        named.put(key.toLowerCase(Locale.ROOT), parts[i].substring(equals + 1).strip());
      } else {
        plain.add(parts[i].strip());
      }
    }
  }

  /// What stands where a template stood.
  ///
  /// @param content what is between its braces, with what was nested in it resolved
  static String expand(String content) {
    return new WikiTemplates(content).text();
  }

  private String text() {
    String sign = SIGNS.get(name);
    if (sign != null) {
      return sign + (sign.endsWith(". ") ? first() : "");
    } else if (name.startsWith("formatnum:") || name.startsWith("lc:") || name.startsWith("uc:")) {
      return name.substring(name.indexOf(':') + 1);
    } else if (name.startsWith("#") || name.contains(":") && !name.startsWith("template:")) {
      return "";
    } else if (name.startsWith("infobox")
        || name.startsWith("taxobox")
        || name.endsWith("box") && named.size() > 3) {
      return box();
    } else if (name.startsWith("cite ") || name.equals("citation") || name.equals("cite")) {
      return citation();
    } else if (name.startsWith("lang-") || name.startsWith("ipa-") || name.startsWith("ipac-")) {
      return name.startsWith("ipac-") ? String.join("", plain) : first();
    } else if (LISTS.contains(name) && plain.size() > 1) {
      return name.equals("hlist") || name.equals("flatlist")
          ? String.join(" · ", plain)
          : "\n* " + String.join("\n* ", plain) + "\n";
    } else if (FIRST.contains(name)) {
      return named.getOrDefault("text", named.getOrDefault("quote", first()));
    } else if (SECOND.contains(name)) {
      return plain.size() > 1 ? plain.get(1) : first();
    } else if (HATNOTES.contains(name)) {
      return plain.isEmpty() ? "" : "\n" + hat() + String.join(", ", plain) + "\n";
    }
    return switch (name) {
      case "convert", "cvt" -> convert();
      case "frac", "sfrac" ->
          plain.size() == 3
              ? plain.get(0) + " " + plain.get(1) + "/" + plain.get(2)
              : String.join("/", plain);
      case "sub" -> first();
      case "val" ->
          String.join(" ± ", plain) + (named.containsKey("u") ? " " + named.get("u") : "");
      case "birth date",
          "death date",
          "start date",
          "end date",
          "birth date and age",
          "date",
          "film date",
          "birth-date",
          "death-date",
          "start date and age",
          "dob",
          "start-date" ->
          date(0);
      case "death date and age" -> date(0);
      case "birth year and age" -> first();
      case "as of" -> "As of " + String.join("-", plain);
      case "age" -> "";
      case "harvnb", "harv", "harvtxt", "sfn", "sfnp" -> harvard();
      case "poem", "verse" -> "\n" + first() + "\n";
      case "ruby" -> first();
      case "isbn" -> "ISBN " + first();
      case "official website", "url" -> plain.size() > 1 ? plain.get(1) : first();
      case "refn", "efn" -> "";
      case "gutenberg author", "col-2", "col-3" -> "";
      default -> "";
    };
  }

  private String hat() {
    return name.startsWith("main")
        ? "Main article: "
        : name.equals("see also") ? "See also: " : "Further information: ";
  }

  private String first() {
    return plain.isEmpty() ? "" : plain.getFirst();
  }

  private String convert() {
    if (plain.size() < 2) {
      return first();
    }
    // {{convert|5|to|10|km}}
    boolean range =
        plain.size() > 3 && Set.of("to", "-", "–", "and", "by", "x").contains(plain.get(1));
    return range
        ? "%s %s %s %s".formatted(plain.get(0), plain.get(1), plain.get(2), plain.get(3))
        : plain.get(0) + " " + plain.get(1);
  }

  private String date(int from) {
    var parts = new StringJoiner("-");
    for (int i = from; i < Math.min(plain.size(), from + 3); i++) {
      String part = plain.get(i);
      if (!part.isEmpty()) {
        parts.add(part.matches("[0-9]") ? "0" + part : part);
      }
    }
    return parts.toString();
  }

  private String harvard() {
    return String.join(" ", plain) + (named.containsKey("p") ? ", p. " + named.get("p") : "");
  }

  /// A line for each of its fields that has text.
  private String box() {
    var lines = new StringBuilder("\n");
    named.forEach(
        (key, value) -> {
          boolean shown =
              !value.isBlank()
                  && !key.matches(
                      "(.*[_"
                          + " ])?(image|img|caption|map|mapsize|size|width|color|colour|alt|logo|signature|style|url|website|coordinates|lat|latd|latm|latns|long|longd|longm|longew|footnotes|module|embed|pushpin)([_"
                          + " 0-9].*)?");
          if (shown) {
            lines
                .append(key.replace('_', ' '))
                .append(": ")
                .append(value.replaceAll("(?<!\\s)\\s*\\n[*#:]*\\s*", ", "))
                .append('\n');
          }
        });
    return lines.length() > 1 ? lines.toString() : "";
  }

  private String citation() {
    var words = new StringJoiner(". ");
    String author = get("author", "author1", "authors");
    if (author.isEmpty()) {
      author = names();
    }
    for (String part :
        List.of(
            author,
            get("chapter", "contribution"),
            get("title"),
            get("journal", "work", "newspaper", "magazine", "website", "encyclopedia"),
            get("publisher", "institution"),
            get("date", "year"))) {
      if (!part.isEmpty()) {
        words.add(part.replaceFirst("\\.$", ""));
      }
    }
    String text = words.toString();
    return text.isEmpty() ? "" : text + ".";
  }

  private String names() {
    var names = new StringJoiner("; ");
    for (String number : List.of("", "1", "2", "3", "4")) {
      String last = get("last" + number);
      String given = get("first" + number);
      if (!last.isEmpty()) {
        names.add(given.isEmpty() ? last : last + ", " + given);
      }
    }
    return names.toString();
  }

  private String get(String... keys) {
    for (String key : keys) {
      String value = named.getOrDefault(key, "");
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }
}
