package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.Counted;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Keeps a copy of all that a server has.
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description = {
      "Copy the workspace and its state into one file, while servers and runs go on.",
      "In it are artifacts, runs, keys, budgets, the ledger, labels, and the secret that keys are"
          + " hashed with: keep it as you keep that. Not in it are the checkpoints of runs that"
          + " have not ended.",
      "A state in PostgreSQL is copied by pg_dump; this then copies the rest (--without-state)."
    },
    footer = {"", "Example:  imago backup --out imago-2026-12-01.tar.zst"})
final class BackupCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();
  @Mixin private AccountsOption accounts = new AccountsOption();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The file to write, outside of the workspace.")
  private Path out = Path.of("");

  @Option(names = "--without-state", description = "Leave the database out.")
  private boolean withoutState;

  @Override
  public Integer call() throws IOException {
    Path workspace = imago.workspace().toAbsolutePath().normalize();
    Path file = out.toAbsolutePath().normalize();
    if (!Files.isDirectory(workspace)) {
      throw new ConfigException(
          "there is no workspace at %s; name one with --workspace DIR".formatted(workspace));
    }
    if (file.startsWith(workspace)) {
      throw new ConfigException(
          "--out %s lies in the workspace that it is a copy of: name a file outside of %s"
              .formatted(out, workspace));
    }
    if (Files.isDirectory(file)) {
      throw new ConfigException("--out %s is a folder: name a file in it".formatted(out));
    }
    BackupArchive.Extent extent;
    try (State state = state(workspace)) {
      extent = BackupArchive.write(workspace, state, file);
    }
    System.out.printf(
        "%s, %s, %s → %s, %s%n",
        Counted.of(extent.files(), "files"),
        Quantity.of(extent.bytes(), "bytes"),
        extent.withState() ? "with the state" : "without a state",
        out,
        Quantity.of(Files.size(file), "bytes"));
    return 0;
  }

  private @Nullable State state(Path workspace) {
    if (withoutState) {
      return null;
    }
    return switch (accounts.address(workspace)) {
      case StateAddress.Embedded(Path folder)
          when !Files.exists(folder.resolve("imago.mv.db")) && !accounts.isNamed() ->
          null;
      case StateAddress.Embedded(Path folder) when !Files.exists(folder.resolve("imago.mv.db")) ->
          throw new ConfigException(
              "there is no state in %s; name its folder with --state".formatted(folder));
      case StateAddress.PostgreSql(String url, String _, String _) ->
          throw new ConfigException(
              "the state at %s is PostgreSQL's to copy: run `pg_dump --format=custom`, and then this with --without-state"
                  .formatted(url));
      case StateAddress.Embedded embedded -> State.open(embedded);
    };
  }
}
