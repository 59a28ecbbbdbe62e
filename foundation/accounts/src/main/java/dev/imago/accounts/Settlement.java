package dev.imago.accounts;

/// A request that is over, as it goes into the ledger.
record Settlement(Hold hold, Outcome outcome, Tokens tokens, String corrects) {
  Settlement(Hold hold, Outcome outcome, Tokens tokens) {
    this(hold, outcome, tokens, "");
  }

  long cost() {
    return hold.price().of(tokens);
  }
}
