package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.AuditLog;
import dev.imago.accounts.UsageReports;
import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.Counted;
import dev.imago.core.InputException;
import dev.imago.state.StateAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Brings back what a backup kept.
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {
      "Make a workspace of a backup, where none is yet.",
      "Every file is held against its hash, the audit log and the ledger against their sums; the"
          + " workspace stands there only once all of it is right. The place is --workspace's, and"
          + " the state is in it, wherever it was."
    },
    footer = {"", "Example:  imago --workspace .imago restore imago-2026-12-01.tar.zst"})
final class RestoreCommand implements Callable<Integer> {
  /// The first day that a ledger can have an entry of, with room.
  private static final LocalDate FIRST = LocalDate.of(2000, 1, 1);

  @ParentCommand private Imago imago = new Imago();

  @Parameters(index = "0", paramLabel = "FILE", description = "What `imago backup` wrote.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    Path workspace = imago.workspace().toAbsolutePath().normalize();
    if (!BackupArchive.isEmpty(workspace)) {
      throw new ConfigException(
          "%s is not empty, and nothing is overwritten: name another place with --workspace DIR"
              .formatted(workspace));
    }
    Path parent = workspace.getParent();
    if (parent == null) {
      throw new ConfigException("%s is no place for a workspace".formatted(workspace));
    }
    Files.createDirectories(parent);
    // Beside its place, for the rename; no other folder's file system is sure to be the same.
    Path unpacked =
        Files.createTempDirectory(parent, ".restore-", BackupArchive.ownersAlone("rwxr-xr-x"));
    try {
      BackupArchive.Extent extent = BackupArchive.unpack(file, unpacked);
      String state = "without a state";
      if (extent.withState()) {
        ownState(unpacked.resolve("state"));
        state = checked(unpacked);
        // What H2 notes of this look is nothing of the workspace's.
        Files.deleteIfExists(unpacked.resolve("state").resolve("imago.trace.db"));
      }
      syncFolders(unpacked);
      AtomicFile.move(unpacked, workspace);
      System.out.printf(
          "%s, %s, %s → %s%n",
          Counted.of(extent.files(), "files"),
          Quantity.of(extent.bytes(), "bytes"),
          state,
          imago.workspace());
      return 0;
    } finally {
      if (Files.exists(unpacked)) {
        Scratch.remove(unpacked);
      }
    }
  }

  private static void ownState(Path state) throws IOException {
    if (state.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(
          state, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    }
  }

  /// Holds the audit log's chain, the ledger's sums and the invoices against what they are of.
  private String checked(Path unpacked) {
    Path state = unpacked.resolve("state");
    if (!Files.exists(state.resolve("secret"))) {
      return "the state has no accounts"; // labels alone
    }
    try (Accounts accounts = Accounts.open(StateAddress.in(unpacked), state)) {
      AuditLog.Verdict verdict = accounts.audit().verify();
      var defects = new ArrayList<String>();
      verdict.defect().ifPresent(defects::add);
      defects.addAll(
          accounts
              .usage()
              .reconcile(
                  new UsageReports.Span(
                      "", FIRST, LocalDate.now(ZoneOffset.UTC).plusDays(2), ZoneOffset.UTC)));
      defects.addAll(accounts.invoices().differences());
      if (!defects.isEmpty()) {
        throw new InputException(
            "the state in %s does not verify: %s; take an earlier backup"
                .formatted(file, String.join("; ", defects)));
      }
      return "%s of the audit log (head %s) and the ledger verify"
          .formatted(Counted.of(verdict.changes(), "records"), verdict.head());
    }
  }

  private static void syncFolders(Path folder) throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.walk(folder)) {
      folders = all.filter(Files::isDirectory).toList();
    }
    for (Path each : folders) {
      AtomicFile.sync(each);
    }
  }
}
