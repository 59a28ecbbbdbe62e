package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.InService;
import dev.imago.core.InputException;
import dev.imago.core.Provenance;
import dev.imago.core.Ref;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.core.Workspace;
import dev.imago.data.Weights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A recipe's step that gives the model in service, as it was before it was packed: what a new one
/// is measured beside.
final class ModelInService
    extends Stage<ModelInService.Inputs, ModelInService.Config, ModelInService.Outputs> {
  /// @param tuned what is given as long as no model is in service
  record Inputs(Weights tuned) {}

  record Config() {}

  record Outputs(Weights model) {}

  private final Path workspace;

  ModelInService(Path workspace) {
    super("service", 1, Inputs.class, new Config(), Outputs.class);
    this.workspace = workspace;
  }

  @Override
  public String external(Config config) {
    return InService.read(new Workspace(workspace)).map(InService::model).orElse("");
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) {
    var all = new Workspace(workspace);
    Optional<InService> service = InService.read(all);
    if (service.isEmpty()) {
      run.note(
          "no model is in service: %s stands in its place".formatted(inputs.tuned().ref().brief()));
      return new Outputs(inputs.tuned());
    }
    Ref served = Ref.parse(service.get().model());
    Artifact found = unpacked(all, served);
    run.note(
        "in service is %s%s"
            .formatted(
                served.brief(),
                found.ref().equals(served) ? "" : ", packed from " + found.ref().brief()));
    return new Outputs(Artifact.of(Weights.class, found.ref(), found.folder()));
  }

  private static Artifact unpacked(Workspace workspace, Ref served) {
    Artifact own = workspace.find(served.toString());
    if (Files.exists(own.folder().resolve("config.json"))) {
      return own;
    }
    List<Ref> from = workspace.provenance(served).map(Provenance::inputs).orElse(List.of());
    for (Ref ref : from) {
      if (ref.kind().equals(served.kind())) {
        Artifact one = workspace.find(ref.toString());
        if (Files.exists(one.folder().resolve("config.json"))) {
          return one;
        }
      }
    }
    throw new InputException(
        "%s is in service and a packed file, and nothing here tells what it was packed from; promote one that a recipe has packed, or bind a folder by hand"
            .formatted(served.brief()));
  }
}
