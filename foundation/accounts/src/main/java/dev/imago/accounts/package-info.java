/// Who may ask, for how much, and who pays.
///
/// In: a [dev.imago.state.State], a secret, a clock. Out: the [Account] behind a key; a
/// [Reservation] before a request, in one step across all its limits; an entry in the ledger after
/// it, on disk before the answer's end is sent; reports and invoices, which are sums of entries.
/// Knows no HTTP and no model: a server tells it the exact prompt, the longest answer, and what
/// came of it. Read [Accounts], then [Limits] and [Ledger].
///
/// Money is whole millionths of a currency's unit. Times come from a clock that is handed in.
@NullMarked
package dev.imago.accounts;

import org.jspecify.annotations.NullMarked;
