package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.EnergySettings;
import dev.imago.core.Workspace;
import dev.imago.model.ModelCardText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Lays out a folder that a hub takes as it is.
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    description = {
      "Lay out a model or a corpus as a folder for a hub: its files, its card, its licence.",
      "Refused where a licence of its sources forbids it, or a question of the card is open;",
      "--draft lays it out all the same, marked as a draft. Nothing leaves the machine."
    },
    footer = {"", "Example:  imago publish weights/3f2a --answers answers.yaml --out my-model"})
final class PublishCommand implements Callable<Integer> {
  private static final String LICENCE = "LICENSE";

  @ParentCommand private Imago imago = new Imago();

  @Parameters(paramLabel = "REF", description = "Weights or a corpus of the workspace.")
  private String reference = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The new folder to lay out.")
  private Path out = Path.of("");

  @Option(
      names = "--answers",
      paramLabel = "FILE.yaml",
      description = "What people know, as `imago card REF --questions` asks for it.")
  private @Nullable Path answers;

  @Option(
      names = "--draft",
      description = "Lay it out though something stands against it, and say so in the card.")
  private boolean draft;

  @Override
  public Integer call() {
    Path to = out.toAbsolutePath().normalize();
    if (Files.exists(to)) {
      throw new ConfigException("--out %s is there already; name a new folder".formatted(out));
    }
    Workspace workspace = new Workspace(imago.workspace());
    CardAnswers given = CardAnswers.read(answers, EnergySettings.of(workspace.root()).carbon());
    Optional<String> licence = given.licenceText();
    CardFacts facts = CardFacts.of(workspace, reference);
    CardReview review = CardReview.of(facts, given);
    List<String> obstacles = review.obstacles();
    if (!obstacles.isEmpty() && !draft) {
      throw new ConfigException(
          "%s is not published:\n  %s\nanswer in --answers FILE.yaml (`imago card %s --questions FILE.yaml` asks), or lay out a --draft"
              .formatted(
                  facts.artifact().ref().brief(), String.join("\n  ", obstacles), reference));
    }
    Path half = to.resolveSibling("." + to.getFileName() + ".part");
    try {
      if (Files.exists(half)) {
        Scratch.remove(half); // what a kill left
      }
      Files.createDirectories(half);
      for (String name : workspace.files(facts.artifact().ref()).keySet()) {
        if (!name.equals(ModelCardText.FILE) && !name.equals(LICENCE)) {
          Path file = half.resolve(name);
          Files.createDirectories(file.getParent());
          Files.copy(facts.artifact().folder().resolve(name), file);
          AtomicFile.sync(file);
        }
      }
      AtomicFile.write(
          half.resolve(ModelCardText.FILE),
          CardText.write(facts, given, review, !obstacles.isEmpty()));
      licence.ifPresent(text -> AtomicFile.write(half.resolve(LICENCE), text));
      AtomicFile.sync(half);
      AtomicFile.move(half, to);
    } catch (IOException e) {
      throw AtomicFile.failure("write", to, e);
    }
    Console.of(imago)
        .note(
            "%s laid out in %s%s"
                .formatted(
                    facts.artifact().ref().brief(), out, obstacles.isEmpty() ? "" : ", a draft"));
    return 0;
  }
}
