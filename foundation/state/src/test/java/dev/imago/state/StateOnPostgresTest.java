package dev.imago.state;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/// The same on PostgreSQL, started from a Maven artifact: `IMAGO_POSTGRES=1 mvn test -Pconformance
/// -pl foundation/state`.
@Tag("conformance")
class StateOnPostgresTest extends StateContract {
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() {
    assumeTrue(
        System.getenv("IMAGO_POSTGRES") != null, "skipped: IMAGO_POSTGRES=1 starts PostgreSQL");
    try {
      postgres =
          EmbeddedPostgres.builder().setServerConfig("listen_addresses", "127.0.0.1").start();
    } catch (IOException | IllegalStateException e) {
      abort("PostgreSQL does not start here: " + e.getMessage());
    }
  }

  @AfterAll
  static void stop() throws IOException {
    if (postgres != null) {
      postgres.close();
    }
  }

  @BeforeEach
  void empty() throws SQLException {
    try (var connection = postgres.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("drop schema if exists shop cascade");
    }
  }

  @Override
  StateAddress address() {
    return StateAddress.parse(
        "postgresql://postgres:postgres@127.0.0.1:%d/postgres".formatted(postgres.getPort()));
  }
}
