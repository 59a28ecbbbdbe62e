/// Keys, budgets, the ledger and invoices.
module dev.imago.accounts {
  requires dev.imago.core;
  requires org.bouncycastle.provider;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires transitive dev.imago.state;
  requires static transitive org.jspecify;

  exports dev.imago.accounts;

  // Jackson binds records that are not public.
  opens dev.imago.accounts to
      tools.jackson.databind;
}
