package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InService;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.node.ObjectNode;

/// Puts a model into service, if nothing that was measured of it became worse.
@Command(
    name = "promote",
    mixinStandardHelpOptions = true,
    description = {
      "Put a model into service, if nothing that was measured of it is worse than the one there.",
      "Servers that `imago serve` started without a model swap to it; `imago rollback` goes back.",
      "Every decision, with what decided, is a line of serving/decisions.jsonl in the workspace."
    },
    footer = {
      "",
      "Examples:  imago promote weights/3f2a --scores scores/91bc,scores/07aa",
      "           imago promote weights/3f2a --new evaluations/new --accepted evaluations/old"
    })
final class PromoteCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Parameters(paramLabel = "MODEL", description = "The artifact: weights/3f2a.")
  private String model = "";

  @Option(
      names = "--scores",
      paramLabel = "REF",
      split = ",",
      description =
          "What `evaluate` measured of both models on the same rows; several count together.")
  private List<String> scores = List.of();

  @Option(names = "--new", paramLabel = "DIR", description = "The model's evaluation by suites.")
  private @Nullable Path now;

  @Option(
      names = "--accepted",
      paramLabel = "DIR",
      description = "The same of the model in service.")
  private @Nullable Path accepted;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      split = ",",
      description = "Metrics that count (default: all of scores, the first of each task).")
  private List<String> metrics = List.of();

  @Option(
      names = "--margin",
      paramLabel = "X",
      description = "Of suites: what may be lost of an item's score, as in `evaluate gate`.")
  private @Nullable Double margin;

  @Option(
      names = "--force",
      paramLabel = "WHY",
      description = "Promote it whatever was measured, and write down why.")
  private @Nullable String force;

  @Override
  public Integer call() throws Exception {
    if (!scores.isEmpty() && (now != null || accepted != null)
        || (now == null) != (accepted == null)) {
      throw new ConfigException(
          "give either --scores, or both --new and --accepted: one gate decides");
    }
    if (!metrics.isEmpty() && scores.isEmpty() && now == null) {
      throw new ConfigException(
          "--metric = %s is of what was measured; give --scores, or --new and --accepted, too"
              .formatted(String.join(",", metrics)));
    }
    if (margin != null && now == null) {
      throw new ConfigException(
          "--margin = %s is of evaluations by suites; give --new and --accepted, too"
              .formatted(margin));
    }
    if (force != null && force.isBlank()) {
      throw new ConfigException("--force is blank; say why, as --force 'the old one is broken'");
    }
    if (margin != null) {
      Bounds.number("--margin", margin, 0, 1e6, "0.01 is one point of a hundred");
    }
    Workspace workspace = new Workspace(imago.workspace());
    Ref ref = workspace.find(model).ref(); // a folder of transformers', or what was packed of one
    if (!ref.kind().equals(Artifact.kind(Weights.class))) {
      throw new ConfigException(
          "%s is no model that is served; name one of kind weights".formatted(ref.brief()));
    }
    Optional<InService> service = InService.read(workspace);
    if (service.isPresent() && service.get().model().equals(ref.toString())) {
      System.out.printf("%s is in service already%n", ref.brief());
      return 0;
    }
    ObjectNode decision = Promotion.decision("promote", ref.toString(), service);
    PromotionGate gate = gate(workspace, ref, service);
    if (gate != null) {
      System.out.print(Table.render(Promotion.HEADER, gate.rows()));
    }
    var measured = decision.putArray("scores");
    scores.forEach(s -> measured.add(workspace.find(s).ref().toString()));
    if (now != null && accepted != null) {
      decision.put("evaluation", now.toString()).put("accepted", accepted.toString());
    }
    if (!Promotion.decide(workspace, ref, service, gate, decision, force)) {
      throw new InputException(
          "%s is not promoted: %s"
              .formatted(
                  ref.brief(), gate == null ? "nothing" : String.join("; ", gate.against())));
    }
    System.out.printf(
        "%s is in service%s%n",
        ref.brief(),
        service.map(s -> ", in the place of " + Ref.parse(s.model()).brief()).orElse(""));
    return 0;
  }

  /// Null where nothing is measured: for the first model, and where it is forced.
  private @Nullable PromotionGate gate(Workspace workspace, Ref ref, Optional<InService> service) {
    if (now != null && accepted != null) {
      return PromotionGate.ofSuites(now, accepted, metrics, Optional.ofNullable(margin), 0.95);
    }
    PromotionGate all = null;
    for (String one : scores) {
      Artifact measured = workspace.find(one);
      PromotionGate.checkMeasured(workspace, measured, ref, service.map(s -> Ref.parse(s.model())));
      PromotionGate gate = PromotionGate.ofScores(measured.folder(), metrics);
      all = all == null ? gate : all.with(gate);
    }
    if (all != null) {
      return all;
    }
    if (service.isPresent() && force == null) {
      throw new ConfigException(
          "%s is in service, and nothing tells whether %s is worse: name what was measured of both (--scores, or --new and --accepted), or --force WHY"
              .formatted(Ref.parse(service.get().model()).brief(), ref.brief()));
    }
    return null;
  }
}
