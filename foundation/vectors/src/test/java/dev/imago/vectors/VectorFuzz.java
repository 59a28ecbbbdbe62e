package dev.imago.vectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;

/// Whatever a file holds that is called word vectors or a classifier, it gives one message or a
/// model that answers. For `conformance/fuzz vectors`.
public final class VectorFuzz {
  private VectorFuzz() {}

  /// Jazzer's entry.
  public static void fuzzerTestOneInput(byte[] content) throws IOException {
    Path file = Files.createTempFile("fuzz", ".bin");
    try {
      WordVectors vectors = VectorFile.read(Files.write(file, content));
      vectors.sentence("kalo mira never seen");
      vectors.vector("kalo").ifPresent(v -> vectors.nearest(v, 3, Set.of("kalo")));
      vectors
          .model()
          .filter(FastTextModel::isSupervised)
          .ifPresent(model -> new TextLabeller(model).labels("kalo mira never seen", 2));
    } catch (IllegalArgumentException e) {
      if (e.getMessage() == null) {
        throw new AssertionError("a refusal says nothing", e);
      }
    } finally {
      Files.delete(file);
    }
  }

  /// Leaves small files of every kind in a folder.
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    for (String name : new String[] {"words.bin", "labels.bin", "labels-hs.bin", "labels.ftz"}) {
      Path file = FastTextFileTest.resource(name);
      Files.copy(file, folder.resolve("seed-" + name), StandardCopyOption.REPLACE_EXISTING);
      WordVectors vectors = VectorFile.read(file);
      VectorFile.writeText(vectors, folder.resolve("seed-" + name + ".vec"));
      VectorFile.writeBinary(vectors, folder.resolve("seed-" + name + ".w2v"));
    }
  }
}
