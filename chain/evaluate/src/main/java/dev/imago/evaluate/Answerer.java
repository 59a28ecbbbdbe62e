package dev.imago.evaluate;

import dev.imago.core.Progress;
import dev.imago.data.Example;
import java.util.List;

/// A model that answers prompts, greedily, in the form that it was tuned on and is served in.
interface Answerer {
  /// The ids of a conversation in that form, up to where the assistant's answer begins.
  int[] prompt(List<Example.Message> given);

  /// The ids of what an example asks, with the tools that it offers.
  default int[] prompt(Example example) {
    return prompt(example.given());
  }

  /// The ids of a conversation of one user's turn.
  default int[] prompt(String text) {
    return prompt(List.of(new Example.Message(Example.USER, text)));
  }

  /// The answers, in the prompts' order, each without the mark that ended it.
  ///
  /// @param maxNewTokens where an answer is cut off
  /// @param progress told of each answer
  List<String> answers(List<int[]> prompts, int maxNewTokens, Progress progress)
      throws InterruptedException;
}
