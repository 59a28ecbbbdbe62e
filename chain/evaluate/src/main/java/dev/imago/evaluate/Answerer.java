package dev.imago.evaluate;

import dev.imago.core.Progress;
import java.util.List;

/// A model that answers prompts, greedily, in the form that it was tuned on and is served in.
interface Answerer {
  /// Tokens that a prompt takes in that form.
  int promptTokens(String prompt);

  /// The answers, in the prompts' order, each without the mark that ended it.
  ///
  /// @param maxNewTokens where an answer is cut off
  /// @param progress told of each answer
  List<String> answers(List<String> prompts, int maxNewTokens, Progress progress)
      throws InterruptedException;
}
