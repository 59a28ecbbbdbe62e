package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.json.Part;
import java.text.Normalizer.Form;
import java.util.List;

/// Reads each kind of normalizer from its object.
final class NormalizerParts {
  private static final List<String> KNOWN =
      List.of(
          "BertNormalizer",
          "ByteLevel",
          "Lowercase",
          "NFC",
          "NFD",
          "NFKC",
          "NFKD",
          "Nmt",
          "Precompiled",
          "Prepend",
          "Replace",
          "Sequence",
          "Strip",
          "StripAccents");

  private NormalizerParts() {}

  static Normalizer read(Part part) {
    return switch (part.type()) {
      case "BertNormalizer" ->
          new BertNormalizer(
              flag(part, "clean_text"),
              flag(part, "handle_chinese_chars"),
              part.has("strip_accents") ? (Boolean) flag(part, "strip_accents") : null,
              flag(part, "lowercase"));
      case "ByteLevel" -> new ByteLevelNormalizer();
      case "Lowercase" -> new LowercaseNormalizer();
      case "NFC", "NFD", "NFKC", "NFKD" -> new UnicodeNormalizer(Form.valueOf(part.type()));
      case "Nmt" -> new NmtNormalizer();
      case "Precompiled" -> precompiled(part);
      case "Prepend" -> new PrependNormalizer(part.string("prepend"));
      case "Replace" -> replace(part);
      case "Sequence" -> {
        if (!part.has("normalizers")) {
          throw part.wrong("normalizers", part.node().path("normalizers"), "a list");
        }
        yield new SequenceNormalizer(
            part.parts("normalizers").stream().map(NormalizerParts::read).toList());
      }
      case "Strip" -> new StripNormalizer(flag(part, "strip_left"), flag(part, "strip_right"));
      case "StripAccents" -> new StripAccentsNormalizer();
      default -> throw part.unknownType(KNOWN);
    };
  }

  private static boolean flag(Part part, String name) {
    if (!part.has(name)) {
      throw part.wrong(name, part.node().path(name), "true or false");
    }
    return part.bool(name, false);
  }

  private static Normalizer precompiled(Part part) {
    String name = "precompiled_charsmap";
    String base64 = part.string(name);
    try {
      return new PrecompiledNormalizer(base64);
    } catch (IllegalArgumentException e) {
      throw part.complaint(place(part, name) + ": the table " + e.getMessage());
    }
  }

  private static Normalizer replace(Part part) {
    Part pattern = part.part("pattern");
    String content = part.string("content");
    if (pattern.has("String")) {
      return ReplaceNormalizer.ofString(pattern.string("String"), content);
    }
    if (!pattern.has("Regex")) {
      throw part.wrong("pattern", part.node().get("pattern"), "{\"String\": …} or {\"Regex\": …}");
    }
    try {
      return ReplaceNormalizer.ofRegex(pattern.string("Regex"), content);
    } catch (IllegalArgumentException e) {
      throw pattern.complaint(place(pattern, "Regex") + ": " + e.getMessage());
    }
  }

  private static String place(Part part, String name) {
    return part.path().isEmpty() ? name : part.path() + "." + name;
  }
}
