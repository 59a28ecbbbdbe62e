package dev.imago.accounts;

import dev.imago.state.Transaction;
import java.sql.SQLException;

/// Numbers that are counted up within transactions: whoever counts holds up the next who would, so
/// that none is given twice and none is left out.
final class Versions {
  private Versions() {}

  /// The next number, 1 for the first.
  static long next(Transaction tx, String name) throws SQLException {
    String one = "update accounts.version set number = number + 1 where name = ?";
    if (tx.update(one, name) == 0) {
      tx.update(
          "insert into accounts.version (name, number) values (?, 0) on conflict do nothing", name);
      tx.update(one, name);
    }
    return read(tx, name);
  }

  /// Holds up whoever would count until this transaction ends, and counts nothing.
  static void hold(Transaction tx, String name) throws SQLException {
    tx.update(
        "insert into accounts.version (name, number) values (?, 0) on conflict do nothing", name);
    tx.update("update accounts.version set number = number where name = ?", name);
  }

  /// The last number that was given; 0 for none.
  static long read(Transaction tx, String name) throws SQLException {
    return tx.number("select number from accounts.version where name = ?", name);
  }
}
