package dev.imago.accounts;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.state.StateAddress;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// The same on PostgreSQL: `IMAGO_POSTGRES=1 mvn test -Pconformance -pl foundation/accounts`.
@Tag("conformance")
class BudgetsOnPostgresTest extends BudgetsContract {
  private static EmbeddedPostgres postgres;

  @TempDir Path folder;

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

  @Override
  Office office() {
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
}
