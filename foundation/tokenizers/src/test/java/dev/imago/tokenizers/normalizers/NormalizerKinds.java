package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.json.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// A normalizer of every kind, and sequences of them, as a `tokenizer.json` has them.
final class NormalizerKinds {
  private NormalizerKinds() {}

  /// Those whose every character is worth a look.
  static final List<String> BY_TABLE =
      List.of(
          type("NFC"),
          type("NFD"),
          type("NFKC"),
          type("NFKD"),
          type("Nmt"),
          type("Lowercase"),
          type("StripAccents"),
          bert(true, true, "null", true));

  static List<String> all() {
    var all = new ArrayList<>(BY_TABLE);
    all.add(type("ByteLevel"));
    all.add(bert(true, true, "null", false));
    all.add(bert(true, false, "false", true));
    all.add(bert(false, false, "true", false));
    all.add("{\"type\": \"Strip\", \"strip_left\": true, \"strip_right\": true}");
    all.add("{\"type\": \"Strip\", \"strip_left\": true, \"strip_right\": false}");
    all.add("{\"type\": \"Strip\", \"strip_left\": false, \"strip_right\": true}");
    all.add(prepend("▁x"));
    all.add(prepend(""));
    all.add(replace("String", " ", "▁"));
    all.add(replace("String", "", "xy"));
    all.add(replace("String", "e\u0301", "a"));
    all.add(replace("Regex", "\\\\s+", ""));
    all.add(replace("Regex", "^", "▁"));
    all.add(replace("Regex", "x*|\\\\p{L}(?=\\\\d)", "日𝒜"));
    all.add(precompiled());
    all.add(sequence(type("NFKD"), type("StripAccents"), type("Lowercase")));
    all.add(sequence(prepend("▁"), replace("String", " ", "▁")));
    all.add(
        sequence(
            type("Nmt"),
            type("NFKC"),
            replace("String", "a", "bb"),
            type("NFD"),
            precompiled(),
            bert(true, true, "null", true),
            prepend("é"),
            type("ByteLevel")));
    return all;
  }

  static Normalizer read(String json) {
    return Normalizer.read(
        new Part("tokenizer.json", "normalizer", JsonMapper.shared().readTree(json)));
  }

  static String type(String type) {
    return "{\"type\": \"%s\"}".formatted(type);
  }

  static String bert(boolean clean, boolean chinese, String strip, boolean lowercase) {
    return ("{\"type\": \"BertNormalizer\", \"clean_text\": %s, \"handle_chinese_chars\": %s,"
            + " \"strip_accents\": %s, \"lowercase\": %s}")
        .formatted(clean, chinese, strip, lowercase);
  }

  static String prepend(String what) {
    return "{\"type\": \"Prepend\", \"prepend\": \"%s\"}".formatted(what);
  }

  static String replace(String kind, String pattern, String content) {
    return "{\"type\": \"Replace\", \"pattern\": {\"%s\": \"%s\"}, \"content\": \"%s\"}"
        .formatted(kind, pattern, content);
  }

  static String sequence(String... normalizers) {
    return "{\"type\": \"Sequence\", \"normalizers\": [%s]}"
        .formatted(String.join(", ", normalizers));
  }

  /// Replacements that are longer, shorter and none, of characters and of clusters.
  static String precompiled() {
    Map<String, String> table = new LinkedHashMap<>();
    table.put("ﬁ", "fi");
    table.put("ﬃ", "ffi");
    table.put("é", "");
    table.put("e\u0301", "E");
    table.put("a", "日本");
    table.put("\r\n", "\n");
    table.put("か", "𝒜b");
    table.put("x", "");
    table.put("xX", "?");
    table.put("Ａ", "A");
    table.put("가", "ga");
    table.put("©", "(c)");
    return CharsMapWriter.json(table);
  }
}
