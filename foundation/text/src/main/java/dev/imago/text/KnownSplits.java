package dev.imago.text;

import dev.imago.text.json.Part;
import dev.imago.text.pretokenizers.PreTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Tells whether a pre-tokenizer does what a [SplitPattern] does, and makes the one that does.
final class KnownSplits {
  private KnownSplits() {}

  /// The pattern of a byte-level pre-tokenizer, where it is one that has a scanner.
  static Optional<SplitPattern> of(PreTokenizer preTokenizer) {
    return regexes(preTokenizer).flatMap(SplitPattern::ofRegexes);
  }

  /// The patterns of a byte-level pre-tokenizer, each of which cuts what the one before left; empty
  /// where it does more than that.
  static Optional<List<String>> regexes(PreTokenizer preTokenizer) {
    JsonNode tree = TokenizerJson.tree(preTokenizer::write);
    List<JsonNode> parts = flat(tree);
    if (parts.isEmpty() || !type(parts.getLast()).equals("ByteLevel")) {
      return Optional.empty();
    }
    JsonNode byteLevel = parts.getLast();
    if (byteLevel.path("add_prefix_space").asBoolean(true)) {
      return Optional.empty();
    }
    var regexes = new ArrayList<String>();
    for (JsonNode part : parts.subList(0, parts.size() - 1)) {
      String regex = regex(part);
      if (regex.isEmpty()) {
        return Optional.empty();
      }
      regexes.add(regex);
    }
    if (byteLevel.path("use_regex").asBoolean(true)) {
      regexes.add(SplitPattern.GPT2.regex());
    }
    return Optional.of(regexes);
  }

  /// Whether tokens are spelt as bytes.
  static boolean isByteLevel(PreTokenizer preTokenizer) {
    return flat(TokenizerJson.tree(preTokenizer::write)).stream()
        .anyMatch(part -> type(part).equals("ByteLevel"));
  }

  private static List<JsonNode> flat(JsonNode part) {
    if (!type(part).equals("Sequence")) {
      return part.isObject() ? List.of(part) : List.of();
    }
    var all = new ArrayList<JsonNode>();
    part.path("pretokenizers").forEach(p -> all.addAll(flat(p)));
    return all;
  }

  /// The regex whose matches are pieces, what lies between them too; empty where there is none.
  private static String regex(JsonNode part) {
    if (type(part).equals("Digits")) {
      return part.path("individual_digits").asBoolean(false) ? "\\p{N}" : "\\p{N}+";
    }
    String regex = part.path("pattern").path("Regex").asString("");
    boolean inverted = part.path("invert").asBoolean(false);
    return switch (part.path("behavior").asString("")) {
      case "Isolated" -> inverted ? "" : regex;
      // Removing what the pattern leaves over: the same, for patterns that leave nothing.
      case "Removed" -> inverted ? regex : "";
      default -> "";
    };
  }

  private static String type(JsonNode part) {
    return part.path("type").asString("");
  }

  /// The pre-tokenizer of a pattern, as a `tokenizer.json` has it.
  static PreTokenizer preTokenizer(SplitPattern pattern) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    ObjectNode root = json.objectNode();
    if (pattern == SplitPattern.GPT2) {
      return PreTokenizer.read(new Part("", "pre_tokenizer", byteLevel(true)));
    }
    root.put("type", "Sequence");
    ArrayNode list = root.putArray("pretokenizers");
    for (String regex : pattern.regexes()) {
      ObjectNode split = list.addObject();
      split.put("type", "Split");
      split.putObject("pattern").put("Regex", regex);
      split.put("behavior", "Isolated");
      split.put("invert", false);
    }
    list.add(byteLevel(false));
    return PreTokenizer.read(new Part("", "pre_tokenizer", root));
  }

  private static ObjectNode byteLevel(boolean splits) {
    ObjectNode part = JsonNodeFactory.instance.objectNode();
    part.put("type", "ByteLevel");
    part.put("add_prefix_space", false);
    part.put("trim_offsets", false);
    part.put("use_regex", splits);
    return part;
  }
}
