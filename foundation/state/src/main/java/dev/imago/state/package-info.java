/// State that is queried and changes, in SQL: keys, budgets, the ledger, labels, an index of runs.
///
/// In: a module's statements and its [StateSchema]. Out: what they answer, in transactions that are
/// run again where the database asks for it. One database, by its [StateAddress]: H2 in a folder,
/// for one process that serves and commands beside it, or PostgreSQL, for many. Knows no table, no
/// HTTP and no stage. Read [State], then [Transaction]; `decisions/0019` says why no jOOQ.
///
/// SQL is what both understand: H2 is opened in its PostgreSQL mode, names are lower case, times
/// are numbers (milliseconds since 1970), money is whole numbers, texts are `varchar`.
@NullMarked
package dev.imago.state;

import org.jspecify.annotations.NullMarked;
