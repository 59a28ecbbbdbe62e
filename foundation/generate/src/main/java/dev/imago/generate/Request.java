package dev.imago.generate;

/// What is asked of the engine.
///
/// @param prompt token ids, at least one
/// @param continued whether the answer goes on with the prompt's text, so that a blank before its
///   first word belongs to it; false for an answer that is a text of its own, such as a turn of a
///   chat
public record Request(int[] prompt, Sampling sampling, boolean continued) {
  /// A request whose answer is a text of its own.
  public Request(int[] prompt, Sampling sampling) {
    this(prompt, sampling, false);
  }

  public Request {
    prompt = prompt.clone();
    if (prompt.length == 0) {
      throw new IllegalArgumentException("an empty prompt; give the end-of-text id at least");
    }
  }

  @Override
  public int[] prompt() {
    return prompt.clone();
  }
}
