package dev.imago.generate;

/// What is asked of the engine.
///
/// @param prompt token ids, at least one
public record Request(int[] prompt, Sampling sampling) {
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
