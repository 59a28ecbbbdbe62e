package dev.imago.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Statements that hold together or not at all. Values are given apart from the text, at its `?`:
/// whole numbers, texts, booleans, bytes, or null.
public final class Transaction {
  /// Rows that the driver fetches at a time: a long answer is never whole in memory.
  private static final int FETCHED = 1_000;

  private final Connection connection;
  private final @Nullable EmbeddedStore store;

  /// @param store behind it; null where that is no concern of ours
  Transaction(Connection connection, @Nullable EmbeddedStore store) {
    this.connection = connection;
    this.store = store;
  }

  /// What is done in one. It may be done again, from the beginning, where the database asks for it:
  /// what it changes outside must bear that.
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    T run(Transaction transaction) throws SQLException;
  }

  /// Takes each row of an answer.
  @FunctionalInterface
  public interface RowTaker {
    void take(SqlRow row) throws SQLException;
  }

  /// All rows of a query's answer.
  public <T> List<T> list(String sql, SqlRow.Reading<T> reading, @Nullable Object... values)
      throws SQLException {
    var rows = new ArrayList<T>();
    each(sql, row -> rows.add(reading.of(row)), values);
    return rows;
  }

  /// The first row of a query's answer.
  public <T> Optional<T> first(String sql, SqlRow.Reading<T> reading, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepared(sql, values);
        ResultSet rows = statement.executeQuery()) {
      return rows.next() ? Optional.of(reading.of(new SqlRow(rows))) : Optional.empty();
    }
  }

  /// One whole number, such as a count; 0 where there is no row.
  public long number(String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(sql, values);
        ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  /// Hands over a query's rows one after the other.
  public void each(String sql, RowTaker taker, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(sql, values)) {
      statement.setFetchSize(FETCHED);
      try (ResultSet rows = statement.executeQuery()) {
        var row = new SqlRow(rows);
        while (rows.next()) {
          taker.take(row);
        }
      }
    }
  }

  /// Runs a statement that changes something.
  ///
  /// @return the rows that it changed
  public int update(String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(sql, values)) {
      return statement.executeUpdate();
    }
  }

  /// Runs one statement for each of several rows of values, in one go.
  ///
  /// @return the rows that each changed
  public int[] updateAll(String sql, List<@Nullable Object[]> rows) throws SQLException {
    if (rows.isEmpty()) {
      return new int[0];
    }
    try (PreparedStatement statement = statement(sql)) {
      for (@Nullable Object[] values : rows) {
        set(statement, values);
        statement.addBatch();
      }
      return statement.executeBatch();
    }
  }

  private PreparedStatement statement(String sql) throws SQLException {
    if (store != null) {
      store.check();
    }
    return connection.prepareStatement(sql);
  }

  private PreparedStatement prepared(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = statement(sql);
    try {
      set(statement, values);
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  private static void set(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      switch (values[i]) {
        case null -> statement.setObject(i + 1, null);
        case Long number -> statement.setLong(i + 1, number);
        case Integer number -> statement.setInt(i + 1, number);
        case Double number -> statement.setDouble(i + 1, number);
        case String text -> statement.setString(i + 1, text);
        case Boolean flag -> statement.setBoolean(i + 1, flag);
        case byte[] bytes -> statement.setBytes(i + 1, bytes);
        case Object other ->
            throw new IllegalArgumentException("no value of SQL: " + other.getClass());
      }
    }
  }
}
