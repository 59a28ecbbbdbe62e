package dev.imago.cli;

import dev.imago.annotation.AnnotationFormat;
import dev.imago.core.ConfigException;
import dev.imago.data.KeptAnswer;
import dev.imago.data.KeptAnswers;
import dev.imago.feedback.AnswerItems;
import dev.imago.labelling.LabelIntake;
import dev.imago.labelling.LabelProject;
import dev.imago.state.State;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.node.ObjectNode;

/// Makes items of an annotation project of the answers that a server kept.
@Command(
    name = "queue",
    mixinStandardHelpOptions = true,
    description = {
      "Bring the answers that `imago serve --keep` kept into an annotation project, as what its"
          + " task asks about: an answer to correct, several to compare, an answer to label.",
      "One that is there stays as it is."
    },
    footer = {"", "Example:  imago feedback queue reviews --reason thumbs-down,flagged"})
final class FeedbackQueueCommand implements Callable<Integer> {
  @ParentCommand private FeedbackCommand parent = new FeedbackCommand();
  @Mixin private AnnotateCommand.Where where = new AnnotateCommand.Where();

  @Option(
      names = "--reason",
      paramLabel = "RULES",
      split = ",",
      description =
          "Those alone that were kept by one of these: share, low-confidence, long, thumbs-down,"
              + " flagged (default: all).")
  private List<String> reasons = List.of();

  @Override
  public Integer call() throws IOException {
    AnswerItems.checkReasons(reasons);
    Path file = parent.imago.workspace().resolve(KeptAnswers.FILE);
    List<KeptAnswer> kept =
        KeptAnswers.all(file).stream()
            .filter(one -> reasons.isEmpty() || one.reasons().stream().anyMatch(reasons::contains))
            .toList();
    if (kept.isEmpty()) {
      throw new ConfigException(
          "no answer is kept in %s%s; `imago serve --keep thumbs-down,share=0.01`, say, keeps some"
              .formatted(file, reasons.isEmpty() ? "" : " by " + String.join(", ", reasons)));
    }
    try (State state = where.open(parent.imago)) {
      LabelProject project = where.project(state);
      List<ObjectNode> items = AnswerItems.of(kept, project.task().kind());
      Path rows = Files.createTempFile("imago-items", ".jsonl");
      try {
        // Into the file itself, which nobody else may read: one in its place would have usual
        // rights.
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(rows))) {
          for (ObjectNode item : items) {
            out.write((item + "\n").getBytes(StandardCharsets.UTF_8));
          }
        }
        LabelIntake.Taken taken =
            LabelIntake.take(
                project, rows, AnnotationFormat.JSONL, false, Console.of(parent.imago)::note);
        System.out.printf(
            "%s: %,d items of %,d kept answers; %,d were there, %,d left out%n",
            project.name(), taken.taken(), kept.size(), taken.known(), taken.broken());
      } finally {
        Files.deleteIfExists(rows);
      }
      return 0;
    }
  }
}
