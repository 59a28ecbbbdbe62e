package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.InService;
import dev.imago.core.Ref;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.core.Workspace;
import dev.imago.data.GgufWeights;
import dev.imago.data.Scores;
import dev.imago.data.ServiceDecision;
import dev.imago.data.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A recipe's step that puts a model into service, if nothing that the gate names became worse in
/// any of the scores; servers that `imago serve` started without a model swap to it. What decided
/// is an artifact, and a line of `serving/decisions.jsonl`, as of [PromoteCommand].
final class PromoteModel
    extends Stage<PromoteModel.Inputs, PromoteModel.Config, PromoteModel.Outputs> {
  /// @param tuned the model that was measured
  /// @param packed the same as it is served; where none is bound, `tuned` is
  /// @param scores of it beside the model in service, which count together
  record Inputs(Weights tuned, Optional<GgufWeights> packed, List<Scores> scores) {}

  /// @param metrics that may not get worse, as `rouge-l`; empty for all that the scores compare
  record Config(List<String> metrics) {
    Config {
      metrics = List.copyOf(metrics);
    }
  }

  record Outputs(ServiceDecision decision) {}

  private final Path workspace;

  PromoteModel(Path workspace) {
    super("promote", 1, Inputs.class, new Config(List.of()), Outputs.class);
    this.workspace = workspace;
  }

  /// What it is measured against; a promotion changes it, and is not done twice.
  @Override
  public String external(Config config) {
    return InService.read(new Workspace(workspace)).map(InService::model).orElse("");
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) {
    var all = new Workspace(workspace);
    Artifact model = inputs.packed().<Artifact>map(p -> p).orElse(inputs.tuned());
    Ref ref = model.ref();
    Optional<InService> service = InService.read(all);
    ObjectNode decision = Promotion.decision("promote", ref.toString(), service);
    if (service.isPresent() && service.get().model().equals(ref.toString())) {
      decision.put("promoted", false).put("because", "it is in service already");
      run.note("%s is in service already".formatted(ref.brief()));
    } else {
      PromotionGate gate = gate(all, inputs, ref, service, config);
      inputs.scores().forEach(s -> decision.withArray("scores").add(s.ref().toString()));
      run.table("Gate", Promotion.HEADER, gate.rows());
      boolean promoted = Promotion.decide(all, ref, service, gate, decision, null);
      run.note(
          promoted
              ? "%s is in service now; `imago rollback` goes back".formatted(ref.brief())
              : "%s is not promoted: %s".formatted(ref.brief(), String.join("; ", gate.against())));
    }
    Draft draft = run.draft(ServiceDecision.class, "decision");
    decision.remove("time"); // the line of decisions.jsonl has it; the artifact is the same at any
    AtomicFile.write(
        draft.folder().resolve(ServiceDecision.FILE), decision.toPrettyString() + "\n");
    return new Outputs(draft.commit(ServiceDecision.class));
  }

  private static PromotionGate gate(
      Workspace all, Inputs inputs, Ref ref, Optional<InService> service, Config config) {
    PromotionGate together = null;
    for (Scores one : inputs.scores()) {
      PromotionGate.checkMeasured(all, one, ref, service.map(s -> Ref.parse(s.model())));
      PromotionGate gate = PromotionGate.ofScores(one.folder(), config.metrics());
      together = together == null ? gate : together.with(gate);
    }
    if (together == null) {
      throw new ConfigException(
          "promote.scores is empty, and nothing tells whether the model is worse than the one in"
              + " service; put a step evaluate before it");
    }
    return together;
  }
}
