package dev.imago.tokenizers.pretokenizers;

import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.json.Part;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the tests of this package share: pre-tokenizers from JSON, their pieces as a string, and
/// the settings that are tried.
final class PreTokenizers {
  static final JsonMapper JSON = JsonMapper.shared();

  private static final String WORDS =
      "[^\\r"
          + "\\n"
          + "\\p{L}\\p{N}]?\\p{L}+|%s| ?[^\\s\\p{L}\\p{N}]+[\\r"
          + "\\n"
          + "]*|\\s*[\\r"
          + "\\n"
          + "]+|\\s+(?!\\S)|\\s+";
  private static final String ANY_CASE = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String O200K =
      "[^\\r\\n\\p{L}\\p{N}]?%1$s*%2$s+%3$s?|[^\\r\\n\\p{L}\\p{N}]?%1$s+%2$s*%3$s?|\\p{N}{1,3}"
              .formatted(UPPER, LOWER, ANY_CASE)
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String DEEPSEEK =
      "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
          + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
          + "| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String CLIP =
      "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]"
          + "|[^\\s\\p{L}\\p{N}]+";

  /// Patterns of real tokenizers.
  static final List<String> PATTERNS =
      List.of(
          ANY_CASE + "|" + WORDS.formatted("\\p{N}{1,3}"),
          ANY_CASE + "|" + WORDS.formatted("\\p{N}"),
          "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+"
              + "| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
          O200K,
          DEEPSEEK,
          CLIP,
          "[一-龥぀-ゟ゠-ヿ]+",
          "\\p{N}{1,3}",
          " ?[^(\\s|[.,!?…。，、।۔،])]+",
          "[0-9][0-9][0-9]",
          "\\w+|[^\\w\\s]+",
          "\\d+|\\D+",
          "(?<=[.!?])\\s+|\\n",
          "\\b",
          "\\X",
          "(\\p{L})\\1+",
          "[[:punct:]]|[[:space:]]+");

  private PreTokenizers() {}

  static PreTokenizer of(JsonNode json) {
    return PreTokenizer.read(new Part("tokenizer.json", "pre_tokenizer", json));
  }

  static PreTokenizer of(String json) {
    return of(JSON.readTree(json));
  }

  static JsonNode split(String kind, String pattern, String behavior, boolean invert) {
    return JSON.valueToTree(
        Map.of(
            "type",
            "Split",
            "pattern",
            Map.of(kind, pattern),
            "behavior",
            behavior,
            "invert",
            invert));
  }

  /// Every kind with every setting, and the sequences of well-known tokenizers.
  static List<JsonNode> all() {
    var all = new ArrayList<JsonNode>();
    for (String json :
        """
        {"type":"Whitespace"}
        {"type":"WhitespaceSplit"}
        {"type":"BertPreTokenizer"}
        {"type":"UnicodeScripts"}
        {"type":"Digits","individual_digits":true}
        {"type":"Digits","individual_digits":false}
        {"type":"CharDelimiterSplit","delimiter":"-"}
        {"type":"CharDelimiterSplit","delimiter":"😀"}
        {"type":"FixedLength"}
        {"type":"FixedLength","length":1}
        {"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}
        {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":true}
        {"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":false}
        {"type":"Metaspace","replacement":"▁"}
        {"type":"Metaspace","replacement":"▁","add_prefix_space":true}
        {"type":"Metaspace","replacement":"▁","str_rep":"▁","prepend_scheme":"first"}
        {"type":"Metaspace","replacement":"a","prepend_scheme":"never"}
        {"type":"Metaspace","replacement":"😀","prepend_scheme":"always","split":true}
        {"type":"Metaspace","replacement":"_","prepend_scheme":"first","split":false}
        {"type":"Punctuation"}
        {"type":"Sequence","pretokenizers":[]}
        {"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace","replacement":"▁"}]}
        {"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}]}
        {"type":"Sequence","pretokenizers":[{"type":"Punctuation","behavior":"Contiguous"},{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true},{"type":"Digits","individual_digits":false}]}
        {"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}]}
        {"type":"Sequence","pretokenizers":[{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"},{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true},{"type":"FixedLength","length":2}]}
        {"type":"Sequence","pretokenizers":[{"type":"UnicodeScripts"},{"type":"Punctuation","behavior":"MergedWithNext"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}]}
        {"type":"Sequence","pretokenizers":[{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true},{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}]}
        """
            .split("\n")) {
      all.add(JSON.readTree(json));
    }
    for (Behavior behavior : Behavior.values()) {
      String name = behavior.fileName();
      all.add(JSON.valueToTree(Map.of("type", "Punctuation", "behavior", name)));
      for (boolean invert : new boolean[] {false, true}) {
        all.add(split("String", " ", name, invert));
        all.add(split("String", "", name, invert));
        all.add(split("Regex", "[aeiou漢😀]|\\s+", name, invert));
        all.add(split("Regex", "x*|(?=\\p{N})", name, invert));
      }
    }
    JsonNode bytes =
        JSON.readTree(
            """
            {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}
            """);
    for (String pattern : PATTERNS) {
      var parts = List.of(split("Regex", pattern, "Isolated", false), bytes);
      all.add(JSON.valueToTree(Map.of("type", "Sequence", "pretokenizers", parts)));
      all.add(split("Regex", pattern, "Removed", true));
    }
    return all;
  }

  /// The pieces with their places in characters of the original, as the peer's script writes them.
  static String pieces(PreTokenizer preTokenizer, String text) {
    int[] characters = charactersBefore(text);
    var out = new StringBuilder();
    preTokenizer.split(
        AlignedText.of(text),
        piece ->
            out.append(piece.text())
                .append('\u001f')
                .append(characters[piece.originStart(0)])
                .append('\u001f')
                .append(characters[piece.originEnd(piece.length() - 1)])
                .append('\u001e'));
    return out.toString();
  }

  private static int[] charactersBefore(String text) {
    var before = new int[text.length() + 1];
    for (int i = 0; i < text.length(); i++) {
      boolean ends =
          !Character.isHighSurrogate(text.charAt(i))
              || i + 1 == text.length()
              || !Character.isLowSurrogate(text.charAt(i + 1));
      before[i + 1] = before[i] + (ends ? 1 : 0);
    }
    return before;
  }

  static String untracked(PreTokenizer preTokenizer, String text) {
    var out = new StringBuilder();
    preTokenizer.split(
        AlignedText.ofUntracked(text), piece -> out.append(piece.text()).append('\u001e'));
    return out.toString();
  }

  static String written(PreTokenizer preTokenizer) {
    var out = new StringWriter();
    try (JsonGenerator generator = JSON.createGenerator(out)) {
      preTokenizer.write(generator);
    }
    return out.toString();
  }
}
