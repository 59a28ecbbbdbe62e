package dev.imago.evaluate;

import dev.imago.core.Artifact;
import dev.imago.core.InputException;
import dev.imago.core.Provenance;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.data.Tokens;
import dev.imago.data.Weights;
import dev.imago.suites.AllTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/// The texts that a model has read, by its lineage: the training side of each corpus whose tokens,
/// and of all labels, from which it or a model before it was made.
public final class ReadTexts {
  private final Workspace workspace;
  private final Set<Ref> sources = new LinkedHashSet<>();
  private final List<String> gaps = new ArrayList<>();

  private ReadTexts(Workspace workspace) {
    this.workspace = workspace;
  }

  /// @throws InputException where nothing is known of what the model has read
  public static ReadTexts of(Workspace workspace, Ref model) {
    var texts = new ReadTexts(workspace);
    texts.walk(model, new LinkedHashSet<>());
    if (texts.sources.isEmpty()) {
      throw new InputException(
          "nothing tells what %s has read%s; name its texts with --read"
              .formatted(
                  model.brief(), texts.gaps.isEmpty() ? "" : ": " + String.join("; ", texts.gaps)));
    }
    return texts;
  }

  private void walk(Ref ref, Set<Ref> seen) {
    if (!seen.add(ref)) {
      return;
    }
    Optional<Provenance> made = workspace.provenance(ref);
    boolean read = is(ref, Labels.class);
    if (read) {
      sources.add(ref);
      return; // what labels were made of stands in them, as far as it was read
    }
    if (made.isEmpty() || made.get().inputs().isEmpty()) {
      if (is(ref, Weights.class)) {
        gaps.add(ref.brief() + " was imported, and what it read before is not known");
      } else if (is(ref, Tokens.class)) {
        gaps.add(ref.brief() + " was imported, and its texts are not known");
      }
      return;
    }
    for (Ref input : made.get().inputs()) {
      if (is(input, Corpus.class) && is(ref, Tokens.class)) {
        sources.add(input);
      } else if (is(input, Weights.class) || is(input, Tokens.class) || is(input, Labels.class)) {
        walk(input, seen);
      }
    }
  }

  private static boolean is(Ref ref, Class<? extends Artifact> kind) {
    return ref.kind().equals(Artifact.kind(kind));
  }

  /// What cannot be looked at, in words.
  public List<String> gaps() {
    return gaps;
  }

  /// Gives every text with its name.
  ///
  /// @throws InputException where an artifact is no longer there
  public void forEach(BiConsumer<String, String> text) {
    for (Ref source : sources) {
      Path folder = workspace.find(source.toString()).folder();
      if (is(source, Corpus.class)) {
        try (Stream<Document> documents = Documents.read(folder, Split.TRAIN.fileName())) {
          documents.forEach(d -> text.accept(source.brief() + " " + d.id(), d.text()));
        }
      } else {
        labels(source, folder, text);
      }
    }
  }

  /// A line of labels is looked at as it stands, whatever task it is of.
  private static void labels(Ref source, Path folder, BiConsumer<String, String> text) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files
              .filter(f -> String.valueOf(f.getFileName()).startsWith(Split.TRAIN.fileName()))
              .sorted()
              .toList()) {
        AllTexts.forEach(file, (line, said) -> text.accept(source.brief() + " line " + line, said));
      }
    } catch (IOException e) {
      throw new InputException("cannot read %s: %s".formatted(folder, e.getMessage()), e);
    }
  }
}
