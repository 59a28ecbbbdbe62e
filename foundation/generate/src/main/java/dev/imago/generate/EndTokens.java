package dev.imago.generate;

import dev.imago.tokenizers.GgufTokens;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The tokens that end an answer whatever a GGUF file says of them, known by their spelling, as
/// llama.cpp knows them: files by older converters name one end and type others as ordinary text.
final class EndTokens {
  private static final int NORMAL = 1;
  private static final int CONTROL = 3;

  private static final Set<String> SPELLINGS =
      Set.of(
          "</s>",
          "<eos>",
          "[EOS]",
          "<EOT>",
          "_<EOT>",
          "[EOT]",
          "<|end|>",
          "<|im_end|>",
          "<|eot_id|>",
          "<|eom_id|>",
          "<|endoftext|>",
          "<|end_of_text|>",
          "<end_of_turn>",
          "<turn|>",
          "<end_of_utterance>",
          "<|return|>",
          "<|call|>",
          "<|calls|>",
          "<|flush|>",
          "<|tool_response>",
          "<｜end▁of▁sentence｜>",
          "[e~[");

  private EndTokens() {}

  /// Their ids, rising.
  static Set<Integer> of(List<String> tokens) {
    var found = new LinkedHashSet<Integer>();
    for (int id = 0; id < tokens.size(); id++) {
      if (SPELLINGS.contains(tokens.get(id))) {
        found.add(id);
      }
    }
    // Where an answer has several messages, or calls tools, these end a part of it only.
    boolean calls = tokens.contains("<|call|>") || tokens.contains("<|calls|>");
    if (calls && (tokens.contains("<|return|>") || tokens.contains("<|flush|>"))) {
      found.remove(tokens.indexOf("<|end|>"));
    }
    if (tokens.contains("<|tool_response>")) {
      found.remove(tokens.indexOf("</s>"));
    }
    return found;
  }

  /// The same vocabulary with these ids typed as control tokens.
  static GgufTokens asControl(GgufTokens says, Set<Integer> ids) {
    var types =
        new ArrayList<>(
            says.types().isEmpty()
                ? Collections.nCopies(says.tokens().size(), NORMAL)
                : says.types());
    ids.forEach(id -> types.set(id, CONTROL));
    return types.equals(says.types())
        ? says
        : new GgufTokens(
            says.model(),
            says.pre(),
            says.tokens(),
            says.scores(),
            types,
            says.merges(),
            says.precompiledCharsmap(),
            says.ids(),
            says.flags());
  }
}
