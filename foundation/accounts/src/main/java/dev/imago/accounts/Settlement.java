package dev.imago.accounts;

/// A request that is over, as it goes into the ledger.
record Settlement(Hold hold, RequestOutcome outcome, TokenUse tokens, String corrects) {
  Settlement(Hold hold, RequestOutcome outcome, TokenUse tokens) {
    this(hold, outcome, tokens, "");
  }

  long cost() {
    return hold.price().of(tokens);
  }
}
