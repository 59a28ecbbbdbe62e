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
/// @param drafting how its next tokens are guessed before the model is asked
/// @param adapter what is added to the model for this request; null for the model as it is
public record Request(
    int[] prompt,
    Sampling sampling,
    boolean continued,
    Told told,
    Origin origin,
    @Nullable TokenConstraint constraint,
    Drafting drafting,
    @Nullable LoraAdapter adapter) {
  /// A request whose answer is a text of its own.
  public Request(int[] prompt, Sampling sampling) {
    this(prompt, sampling, false);
  }

  /// A request of nobody in particular, told tokens only, whose answer may be anything.
  public Request(int[] prompt, Sampling sampling, boolean continued) {
    this(prompt, sampling, continued, Told.NOTHING, Origin.ANYONE, null, Drafting.NONE, null);
  }

  /// A request whose answer may be anything, with nothing guessed.
  public Request(int[] prompt, Sampling sampling, boolean continued, Told told, Origin origin) {
    this(prompt, sampling, continued, told, origin, null, Drafting.NONE, null);
  }

  /// How likely a prompt is, token by token, and no answer to it.
  ///
  /// @param likeliest how many of the likeliest tokens are told at each place
  public static Request ofPrompt(int[] prompt, int likeliest) {
    var nothing = new Sampling(0, SamplingTruncation.NONE, Penalties.NONE, 0, Ending.after(0));
    var told = new Told(likeliest, true);
    return new Request(prompt, nothing, true, told, Origin.ANYONE, null, Drafting.NONE, null);
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
    return new Request(prompt, sampling, continued, changed, origin, constraint, drafting, adapter);
  }

  public Request withDrafting(Drafting changed) {
    return new Request(prompt, sampling, continued, told, origin, constraint, changed, adapter);
  }

  public Request withConstraint(TokenConstraint changed) {
    return new Request(prompt, sampling, continued, told, origin, changed, drafting, adapter);
  }

  public Request withOrigin(Origin changed) {
    return new Request(prompt, sampling, continued, told, changed, constraint, drafting, adapter);
  }

  /// @param changed one of the engine's model; null for the model as it is
  public Request withAdapter(@Nullable LoraAdapter changed) {
    return new Request(prompt, sampling, continued, told, origin, constraint, drafting, changed);
  }
}
