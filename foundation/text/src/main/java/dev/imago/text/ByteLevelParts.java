package dev.imago.text;

import dev.imago.text.added.AddedToken;
import dev.imago.text.decoders.Decoder;
import dev.imago.text.json.Part;
import dev.imago.text.models.BpeModel;
import dev.imago.text.models.Model;
import dev.imago.text.normalizers.Normalizer;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The parts of a byte-level BPE tokenizer: what we train.
final class ByteLevelParts {
  private ByteLevelParts() {}

  /// @param vocabulary tokens in byte-level spelling with their ids
  /// @param merges by rank
  static TokenizerParts of(
      SplitPattern pattern,
      Map<String, Integer> vocabulary,
      List<BpeModel.Merge> merges,
      List<AddedToken> added) {
    ObjectNode decoder = JsonNodeFactory.instance.objectNode();
    decoder.put("type", "ByteLevel");
    decoder.put("add_prefix_space", false);
    decoder.put("trim_offsets", false);
    decoder.put("use_regex", true);
    Model model = new BpeModel(vocabulary, merges, BpeModel.Options.NONE);
    return new TokenizerParts(
        Normalizer.NONE,
        KnownSplits.preTokenizer(pattern),
        model,
        null,
        Decoder.read(new Part("", "decoder", decoder)),
        TokenizerParts.given(added, model, Normalizer.NONE),
        null,
        null);
  }
}
