package dev.imago.generate;

import dev.imago.constraints.TokenConstraint;
import org.jspecify.annotations.Nullable;

/// What is asked of the engine.
///
/// @param prompt token ids, at least one
/// @param continued whether the answer goes on with the prompt's text, so that a blank before its
///   first word belongs to it; false for an answer that is a text of its own, such as a turn of a
///   chat
/// @param told which probabilities come with the tokens
/// @param origin whose it is
/// @param constraint what the answer must be; null where it may be anything
public record Request(
    int[] prompt,
    Sampling sampling,
    boolean continued,
    Told told,
    Origin origin,
    @Nullable TokenConstraint constraint) {
  /// A request whose answer is a text of its own.
  public Request(int[] prompt, Sampling sampling) {
    this(prompt, sampling, false);
  }

  /// A request whose answer may be anything.
  public Request(int[] prompt, Sampling sampling, boolean continued, Told told, Origin origin) {
    this(prompt, sampling, continued, told, origin, null);
  }

  /// A request of nobody in particular, told tokens only, whose answer may be anything.
  public Request(int[] prompt, Sampling sampling, boolean continued) {
    this(prompt, sampling, continued, Told.NOTHING, Origin.ANYONE, null);
  }

  public Request {
    prompt = prompt.clone();
    if (prompt.length == 0) {
      throw new IllegalArgumentException("an empty prompt; give the end-of-text id at least");
    }
    if (sampling.ending().maxTokens() == 0 && !told.prompt()) {
      throw new IllegalArgumentException(
          "maxTokens = 0 asks for nothing where the prompt's probabilities are not told; set it to"
              + " 1 or more");
    }
  }

  @Override
  public int[] prompt() {
    return prompt.clone();
  }

  public Request withTold(Told changed) {
    return new Request(prompt, sampling, continued, changed, origin, constraint);
  }

  public Request withOrigin(Origin changed) {
    return new Request(prompt, sampling, continued, told, changed, constraint);
  }

  public Request withConstraint(TokenConstraint changed) {
    return new Request(prompt, sampling, continued, told, origin, changed);
  }
}
