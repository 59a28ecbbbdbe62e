package dev.imago.evaluate;

import dev.imago.core.Progress;
import java.util.List;

/// A model that answers prompts, greedily, in the form that it was tuned on and is served in.
interface Answerer {
  /// The ids of a prompt in that form: a conversation of one user's turn, up to where the
  /// assistant's begins.
  int[] prompt(String text);

  /// The answers, in the prompts' order, each without the mark that ended it.
  ///
  /// @param maxNewTokens where an answer is cut off
  /// @param progress told of each answer
  List<String> answers(List<int[]> prompts, int maxNewTokens, Progress progress)
      throws InterruptedException;
}
