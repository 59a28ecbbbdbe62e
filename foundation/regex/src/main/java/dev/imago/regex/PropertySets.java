package dev.imago.regex;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The sets behind `\p{…}`, `[[:…:]]` and `\w`, `\d`, `\s`, by the JDK's tables: Unicode 16 in both
/// JDK 25 and the Oniguruma of Hugging Face tokenizers 0.23.
///
/// Sets are made when asked for and kept for all patterns: some cost a walk over all code points,
/// and each is the same for whoever asks. Only names that are known are kept, some hundreds at
/// most.
final class PropertySets {
  private static final Map<String, Integer> CATEGORIES = categories();
  private static final Map<String, CodeSet> MADE = new ConcurrentHashMap<>();

  /// Runs of code points of one general category, found when first asked for: the walk over all of
  /// them is a good part of a program's start.
  private static final class Types {
    static final int[] STARTS;
    static final byte[] TYPES;

    static {
      int[] starts = new int[8192];
      byte[] types = new byte[starts.length];
      int runs = 0;
      for (int c = 0; c < CodeSet.LIMIT; c++) {
        byte type = (byte) Character.getType(c);
        if (runs == 0 || types[runs - 1] != type) {
          if (runs == starts.length) {
            starts = Arrays.copyOf(starts, 2 * runs);
            types = Arrays.copyOf(types, 2 * runs);
          }
          starts[runs] = c;
          types[runs++] = type;
        }
        if ((c & 0xffff) == 0 && c >= 0x40000 && c != 0xe0000) {
          c += 0xfffd; // nothing but the last two of such a plane is of another kind than its first
        }
      }
      STARTS = Arrays.copyOf(starts, runs);
      TYPES = Arrays.copyOf(types, runs);
    }
  }

  /// The set of a property's name, spelled in any case, with or without blanks, `-` and `_`; null
  /// where there is none.
  @Nullable CodeSet property(String name) {
    String key = name.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
    CodeSet set = MADE.get(key);
    if (set == null) {
      set = make(key);
      if (set != null) {
        MADE.put(key, set);
      }
    }
    return set;
  }

  /// The set of a name in `[[:…:]]`; null where there is none.
  @Nullable CodeSet posix(String name) {
    return switch (name) {
      case "punct" -> property("posixpunct");
      case "alnum",
          "alpha",
          "ascii",
          "blank",
          "cntrl",
          "digit",
          "graph",
          "lower",
          "print",
          "space",
          "upper",
          "xdigit",
          "word" ->
          property(name);
      default -> null;
    };
  }

  /// `\w` where it stands outside of brackets, and what `\b` asks for: there Oniguruma counts the
  /// six digits and fractions of Latin-1 in, ¹ ² ³ ¼ ½ ¾, by a table of its own below U+0100.
  CodeSet looseWord() {
    return known("word").or(CodeSet.ofRanges(0xb2, 0xb3, 0xb9, 0xb9, 0xbc, 0xbe));
  }

  /// The set that must be there.
  CodeSet known(String name) {
    CodeSet set = property(name);
    if (set == null) {
      throw new IllegalStateException(name);
    }
    return set;
  }

  private @Nullable CodeSet make(String key) {
    Integer mask = CATEGORIES.get(key);
    if (mask != null) {
      return ofTypes(mask);
    }
    return switch (key) {
      case "any" -> CodeSet.ALL;
      case "assigned" -> ofTypes(~(1 << Character.UNASSIGNED));
      case "ascii" -> CodeSet.ofRange(0, 0x7f);
      case "alnum" -> known("alphabetic").or(known("nd"));
      case "word" -> known("alphabetic").or(known("m")).or(known("nd")).or(known("pc"));
      case "alpha", "alphabetic" -> CodeSet.whereCharacters(Character::isAlphabetic);
      case "blank" -> known("zs").or(CodeSet.of('\t'));
      case "digit" -> known("nd");
      case "graph" -> known("space").or(known("cc")).or(known("cn")).or(known("cs")).not();
      case "print" -> known("graph").or(known("zs"));
      case "posixpunct" -> known("p").or(known("s"));
      case "xdigit", "asciihexdigit", "ahex" -> CodeSet.ofRanges('0', '9', 'A', 'F', 'a', 'f');
      case "hexdigit", "hex" -> fullWidthToo(known("xdigit"));
      case "idstart", "ids" ->
          CodeSet.where(c -> Character.isUnicodeIdentifierStart(c) && c != 0x2e2f);
      case "idcontinue", "idc" ->
          CodeSet.where(
                  c ->
                      Character.isUnicodeIdentifierPart(c)
                          && !Character.isIdentifierIgnorable(c)
                          && c != 0x2e2f)
              .or(known("joincontrol"));
      case "space", "whitespace", "wspace" -> known("z").or(CodeSet.ofRanges(9, 13, 0x85, 0x85));
      case "lower", "lowercase" -> CodeSet.whereCharacters(Character::isLowerCase);
      case "upper", "uppercase" -> CodeSet.whereCharacters(Character::isUpperCase);
      case "cased" -> known("lower").or(known("upper")).or(known("lt"));
      case "ideographic", "ideo" -> CodeSet.whereCharacters(Character::isIdeographic);
      case "emoji" -> CodeSet.whereCharacters(Character::isEmoji);
      case "emojipresentation", "epres" -> CodeSet.whereCharacters(Character::isEmojiPresentation);
      case "emojimodifier", "emod" -> CodeSet.whereCharacters(Character::isEmojiModifier);
      case "emojimodifierbase", "ebase" -> CodeSet.whereCharacters(Character::isEmojiModifierBase);
      case "emojicomponent", "ecomp" -> CodeSet.whereCharacters(Character::isEmojiComponent);
      case "extendedpictographic", "extpict" ->
          CodeSet.whereCharacters(Character::isExtendedPictographic);
      case "joincontrol", "joinc" -> CodeSet.ofRange(0x200c, 0x200d);
      case "regionalindicator", "ri" -> CodeSet.ofRange(0x1f1e6, 0x1f1ff);
      case "variationselector", "vs" ->
          CodeSet.ofRanges(0x180b, 0x180d, 0x180f, 0x180f, 0xfe00, 0xfe0f, 0xe0100, 0xe01ef);
      case "noncharactercodepoint", "nchar" ->
          CodeSet.where(c -> c >= 0xfdd0 && c <= 0xfdef || (c & 0xfffe) == 0xfffe);
      default -> key.startsWith("in") ? block(key) : script(key);
    };
  }

  private static CodeSet fullWidthToo(CodeSet ascii) {
    return ascii.or(CodeSet.where(c -> c >= 0xff00 && c < 0xff5f && ascii.contains(c - 0xfee0)));
  }

  private static @Nullable CodeSet script(String key) {
    for (Character.UnicodeScript script : Character.UnicodeScript.values()) {
      if (script != Character.UnicodeScript.UNKNOWN
          && script.name().replace("_", "").equalsIgnoreCase(key)) {
        return of(script);
      }
    }
    try {
      // The codes of four letters, such as Grek.
      return key.length() == 4 ? of(Character.UnicodeScript.forName(key)) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static CodeSet of(Character.UnicodeScript script) {
    return CodeSet.where(c -> Character.UnicodeScript.of(c) == script);
  }

  private static @Nullable CodeSet block(String key) {
    String wanted = key.substring(2);
    if (wanted.equals("noblock")) {
      return CodeSet.where(c -> Character.UnicodeBlock.of(c) == null);
    }
    try {
      // The JDK knows the names with blanks between the words, and without any.
      Character.UnicodeBlock block = Character.UnicodeBlock.forName(wanted);
      return CodeSet.where(c -> block.equals(Character.UnicodeBlock.of(c)));
    } catch (IllegalArgumentException e) {
      return hyphenated(wanted);
    }
  }

  /// Names such as `Latin-1 Supplement`, whose hyphen the JDK keeps.
  private static @Nullable CodeSet hyphenated(String wanted) {
    Character.UnicodeBlock found = null;
    for (int c = 0; c < CodeSet.LIMIT && found == null; c += 16) {
      Character.UnicodeBlock block = Character.UnicodeBlock.of(c);
      if (block != null && block.toString().replace("_", "").equalsIgnoreCase(wanted)) {
        found = block;
      }
    }
    if (found == null) {
      return null;
    }
    Character.UnicodeBlock block = found;
    return CodeSet.where(c -> block.equals(Character.UnicodeBlock.of(c)));
  }

  private static CodeSet ofTypes(int mask) {
    return CodeSet.ofRuns(Types.STARTS, run -> (mask >>> Types.TYPES[run] & 1) != 0);
  }

  private static Map<String, Integer> categories() {
    var map = new HashMap<String, Integer>();
    put(map, Character.UPPERCASE_LETTER, "lu", "uppercaseletter");
    put(map, Character.LOWERCASE_LETTER, "ll", "lowercaseletter");
    put(map, Character.TITLECASE_LETTER, "lt", "titlecaseletter");
    put(map, Character.MODIFIER_LETTER, "lm", "modifierletter");
    put(map, Character.OTHER_LETTER, "lo", "otherletter");
    put(map, Character.NON_SPACING_MARK, "mn", "nonspacingmark");
    put(map, Character.COMBINING_SPACING_MARK, "mc", "spacingmark");
    put(map, Character.ENCLOSING_MARK, "me", "enclosingmark");
    put(map, Character.DECIMAL_DIGIT_NUMBER, "nd", "decimalnumber");
    put(map, Character.LETTER_NUMBER, "nl", "letternumber");
    put(map, Character.OTHER_NUMBER, "no", "othernumber");
    put(map, Character.CONNECTOR_PUNCTUATION, "pc", "connectorpunctuation");
    put(map, Character.DASH_PUNCTUATION, "pd", "dashpunctuation");
    put(map, Character.START_PUNCTUATION, "ps", "openpunctuation");
    put(map, Character.END_PUNCTUATION, "pe", "closepunctuation");
    put(map, Character.INITIAL_QUOTE_PUNCTUATION, "pi", "initialpunctuation");
    put(map, Character.FINAL_QUOTE_PUNCTUATION, "pf", "finalpunctuation");
    put(map, Character.OTHER_PUNCTUATION, "po", "otherpunctuation");
    put(map, Character.MATH_SYMBOL, "sm", "mathsymbol");
    put(map, Character.CURRENCY_SYMBOL, "sc", "currencysymbol");
    put(map, Character.MODIFIER_SYMBOL, "sk", "modifiersymbol");
    put(map, Character.OTHER_SYMBOL, "so", "othersymbol");
    put(map, Character.SPACE_SEPARATOR, "zs", "spaceseparator");
    put(map, Character.LINE_SEPARATOR, "zl", "lineseparator");
    put(map, Character.PARAGRAPH_SEPARATOR, "zp", "paragraphseparator");
    put(map, Character.CONTROL, "cc", "control", "cntrl");
    put(map, Character.FORMAT, "cf", "format");
    put(map, Character.SURROGATE, "cs", "surrogate");
    put(map, Character.PRIVATE_USE, "co", "privateuse");
    put(map, Character.UNASSIGNED, "cn", "unassigned");
    all(map, "lu ll lt", "lc", "casedletter");
    all(map, "lc lm lo", "l", "letter");
    all(map, "mn mc me", "m", "mark", "combiningmark");
    all(map, "nd nl no", "n", "number");
    all(map, "pc pd ps pe pi pf po", "p", "punctuation", "punct");
    all(map, "sm sc sk so", "s", "symbol");
    all(map, "zs zl zp", "z", "separator");
    all(map, "cc cf cs co cn", "c", "other");
    return Map.copyOf(map);
  }

  private static void put(Map<String, Integer> map, int type, String... names) {
    for (String name : names) {
      map.put(name, 1 << type);
    }
  }

  private static void all(Map<String, Integer> map, String parts, String... names) {
    int mask = 0;
    for (String part : parts.split(" ")) {
      mask |= map.getOrDefault(part, 0);
    }
    for (String name : names) {
      map.put(name, mask);
    }
  }
}
