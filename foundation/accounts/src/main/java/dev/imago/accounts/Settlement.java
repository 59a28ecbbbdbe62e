package dev.imago.accounts;

import org.jspecify.annotations.Nullable;

/// A request that is over, as it goes into the ledger; or a correction of one.
///
/// @param corrects the request that it corrects; empty for none
/// @param charge what it costs, where that is not what its tokens do: null where it is
record Settlement(
    Hold hold, RequestOutcome outcome, TokenUse tokens, String corrects, @Nullable Long charge) {
  Settlement(Hold hold, RequestOutcome outcome, TokenUse tokens) {
    this(hold, outcome, tokens, "", null);
  }

  Settlement(Hold hold, RequestOutcome outcome, TokenUse tokens, String corrects) {
    this(hold, outcome, tokens, corrects, null);
  }

  long cost() {
    return charge == null ? hold.price().of(tokens) : charge;
  }
}
