package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.EnergySettings;
import dev.imago.core.Workspace;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Writes the card of a model or a corpus.
@Command(
    name = "card",
    mixinStandardHelpOptions = true,
    description = {
      "Write a model's or a corpus's card, in the hub's form, from what the workspace knows:",
      "licences of sources, what was refused, scores with intervals, contamination, energy. What",
      "only people know is asked for, and stands as a marked gap until it is answered."
    },
    footer = {
      "",
      "Examples:  imago card weights/3f2a --questions answers.yaml",
      "           imago card weights/3f2a --answers answers.yaml --out README.md"
    })
final class CardCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Parameters(paramLabel = "REF", description = "Weights or a corpus of the workspace.")
  private String reference = "";

  @Option(
      names = "--answers",
      paramLabel = "FILE.yaml",
      description = "What people know, as --questions asks for it.")
  private @Nullable Path answers;

  @Option(
      names = "--questions",
      paramLabel = "FILE.yaml",
      description = "Write what is not answered yet to this new file, to be filled in.")
  private @Nullable Path questions;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The card's file (default: standard output).")
  private @Nullable Path out;

  @Override
  public Integer call() {
    var workspace = new Workspace(imago.workspace());
    CardAnswers given = CardAnswers.read(answers, EnergySettings.of(workspace.root()).carbon());
    CardFacts facts = CardFacts.of(workspace, reference);
    CardReview review = CardReview.of(facts, given);
    Console console = Console.of(imago);
    if (questions != null) {
      if (questions.toFile().exists()) {
        throw new ConfigException(
            "--questions %s is there already, with answers perhaps; name a new file"
                .formatted(questions));
      }
      AtomicFile.write(questions, CardAnswers.questions(review.open(), review.carbonAsked()));
      console.note("questions written to " + questions);
    }
    String card = CardText.write(facts, given, review, false);
    if (out != null) {
      AtomicFile.write(out, card);
      console.note("written to " + out);
    } else if (questions == null) {
      System.out.print(card);
    }
    List<String> obstacles = review.obstacles();
    obstacles.forEach(console::note);
    return 0;
  }
}
