package dev.imago.accounts;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.state.StateAddress;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/// A PostgreSQL of a test class's own, where `IMAGO_POSTGRES` is set.
final class PostgresServer implements AutoCloseable {
  private final EmbeddedPostgres postgres;

  private PostgresServer(EmbeddedPostgres postgres) {
    this.postgres = postgres;
  }

  static PostgresServer start() {
    assumeTrue(
        System.getenv("IMAGO_POSTGRES") != null, "skipped: IMAGO_POSTGRES=1 starts PostgreSQL");
    try {
      return new PostgresServer(
          EmbeddedPostgres.builder().setServerConfig("listen_addresses", "127.0.0.1").start());
    } catch (IOException | IllegalStateException e) {
      return abort("PostgreSQL does not start here: " + e.getMessage());
    }
  }

  /// Accounts with nothing in them.
  Office office(Path folder) {
    try (var connection = postgres.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("drop schema if exists accounts cascade");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new Office(
        folder,
        StateAddress.parse(
            "postgresql://postgres:postgres@127.0.0.1:%d/postgres".formatted(postgres.getPort())));
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
