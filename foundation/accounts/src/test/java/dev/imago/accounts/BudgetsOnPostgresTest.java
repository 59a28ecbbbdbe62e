package dev.imago.accounts;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// The same on PostgreSQL: `IMAGO_POSTGRES=1 mvn test -Pconformance -pl foundation/accounts`.
@Tag("conformance")
class BudgetsOnPostgresTest extends BudgetsContract {
  private static @Nullable PostgresServer postgres;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    postgres = PostgresServer.start();
  }

  @AfterAll
  static void stop() throws IOException {
    if (postgres != null) {
      postgres.close();
    }
  }

  @Override
  Office office() {
    return Objects.requireNonNull(postgres).office(folder);
  }
}
