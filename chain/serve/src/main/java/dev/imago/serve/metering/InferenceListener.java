package dev.imago.serve.metering;

import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.TokenUse;
import java.util.Optional;

/// Hears of each request that a model works on, on every route.
public interface InferenceListener {
  /// A model is about to work.
  ///
  /// @param elsewhere whether it is another server's; what is asked of it is asked by this thread,
  ///   until the inference is over
  Inference begun(RequestMeter.Wanted wanted, boolean elsewhere);

  /// A model's work on one request. It is told its end once, by whatever thread.
  interface Inference {
    /// @param facts what is known of answers that were generated here
    void ended(RequestOutcome outcome, TokenUse tokens, Optional<AnswerFacts> facts);

    /// Nothing was made; another is asked.
    void released();
  }
}
