package dev.imago.state;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// The row that a query stands at, by the names of its columns.
public final class SqlRow {
  private final ResultSet at;

  SqlRow(ResultSet at) {
    this.at = at;
  }

  /// Makes a value of a row.
  @FunctionalInterface
  public interface Reading<T> {
    T of(SqlRow row) throws SQLException;
  }

  /// A text; empty where there is none.
  public String text(String column) throws SQLException {
    String text = at.getString(column);
    return text == null ? "" : text;
  }

  public @Nullable String optionalText(String column) throws SQLException {
    return at.getString(column);
  }

  /// A whole number; 0 where there is none.
  public long number(String column) throws SQLException {
    return at.getLong(column);
  }

  public @Nullable Long optionalNumber(String column) throws SQLException {
    long number = at.getLong(column);
    return at.wasNull() ? null : number;
  }

  public boolean flag(String column) throws SQLException {
    return at.getBoolean(column);
  }

  public byte @Nullable [] bytes(String column) throws SQLException {
    return at.getBytes(column);
  }
}
