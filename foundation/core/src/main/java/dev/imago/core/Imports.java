package dev.imago.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Brings what was made elsewhere into a workspace, as an artifact like any other: named by its
/// content, with a provenance that says where it came from. Recipes bind it by its reference.
public final class Imports {
  /// The stage in an imported artifact's provenance.
  public static final String STAGE = "import";

  private final Workspace workspace;
  private final String codeVersion;
  private final Clock clock;

  /// Fills the folder of an artifact.
  @FunctionalInterface
  public interface Content {
    void write(Path folder) throws IOException;
  }

  public Imports(Workspace workspace, String codeVersion, Clock clock) {
    this.workspace = workspace;
    this.codeVersion = codeVersion;
    this.clock = clock;
  }

  /// Takes one artifact in.
  ///
  /// @param from where it came from, for the record
  /// @param details what else the record says of that
  /// @throws EnvironmentException while a chain runs in the workspace
  public Ref take(
      Class<? extends Artifact> kind, String from, Map<String, String> details, Content content) {
    return take(kind, from, details, List.of(), content);
  }

  /// Takes one artifact in.
  ///
  /// @param from where it came from, for the record
  /// @param details what else the record says of that
  /// @param needed artifacts that it is of no use without
  /// @throws EnvironmentException while a chain runs in the workspace
  public Ref take(
      Class<? extends Artifact> kind,
      String from,
      Map<String, String> details,
      List<Ref> needed,
      Content content) {
    var origin = new TreeMap<>(details);
    origin.put("from", from);
    try (ProcessLock _ = workspace.lock()) {
      Instant started = clock.instant();
      Path draft = workspace.root().resolve("scratch").resolve("import");
      try {
        Workspace.deleteTree(draft);
        Files.createDirectories(draft);
        content.write(draft);
      } catch (IOException e) {
        throw AtomicFile.failure("import " + from + " into", workspace.root(), e);
      }
      Ref ref = workspace.commit(Artifact.kind(kind), draft);
      workspace.recordProvenance(
          ref,
          new Provenance(
              STAGE,
              1,
              needed,
              Json.MAPPER.writeValueAsString(origin),
              0,
              codeVersion,
              Chain.machine(),
              started,
              clock.instant()));
      return ref;
    }
  }
}
