package dev.imago.console.shelf;

import dev.imago.core.Inventory;
import dev.imago.core.Ref;
import dev.imago.data.Scores;
import dev.imago.data.Scores.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;

/// What was measured of a model, from the artifacts of scores that were made from it.
///
/// @param from the artifact of scores
public record ModelScores(Ref from, List<Measurement> measurements) {
  private static final long MOST_BYTES = 4L << 20;
  private static final int MOST = 500;

  /// Of a model: all that was measured with it among what is measured.
  public static List<ModelScores> of(ArtifactShelf shelf, ArtifactShelf.Stock stock, Ref model) {
    return stock.dependants(model).stream()
        .filter(r -> r.kind().equals("scores"))
        .map(r -> new ModelScores(r, read(shelf.folder(r))))
        .filter(s -> !s.measurements().isEmpty())
        .toList();
  }

  /// What the folder of an artifact of scores holds; nothing where it cannot be read.
  public static List<Measurement> read(Path folder) {
    try {
      Path file = folder.resolve(Scores.FILE);
      return !Files.isRegularFile(file) || Files.size(file) > MOST_BYTES
          ? List.of()
          : Scores.measurements(folder).stream().limit(MOST).toList();
    } catch (IOException | JacksonException _) {
      return List.of();
    }
  }

  /// Whether an artifact is a model's.
  public static boolean isModel(Inventory.Item item) {
    return item.ref().kind().equals("weights") || item.ref().kind().equals("onnx");
  }
}
