package dev.imago.tokenizers.formats;

import dev.imago.tokenizers.json.Part;
import dev.imago.tokenizers.pretokenizers.PreTokenizer;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The pre-tokenizer of a byte-level BPE, whose file has only the patterns.
final class ByteLevelParts {
  private static final JsonMapper JSON = JsonMapper.shared();

  private ByteLevelParts() {}

  /// Splits by each pattern in turn, its matches and what is left between them, then spells bytes.
  static PreTokenizer preTokenizer(List<String> patterns) {
    ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
    var parts = sequence.putArray("pretokenizers");
    for (String pattern : patterns) {
      ObjectNode split = parts.addObject().put("type", "Split");
      split.putObject("pattern").put("Regex", pattern);
      split.put("behavior", "Isolated").put("invert", false);
    }
    parts
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
    return PreTokenizer.read(new Part("this vocabulary", "pre_tokenizer", sequence));
  }
}
