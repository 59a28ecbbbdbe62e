package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.ConfigException;
import dev.imago.core.Imports;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.Weights;
import dev.imago.model.AdapterConfig;
import dev.imago.model.AdapterFile;
import dev.imago.model.Architectures;
import dev.imago.model.BottleneckConfig;
import dev.imago.model.ConfigJson;
import dev.imago.model.ModelFolder;
import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.tensor.BrokenFileException;
import dev.imago.training.TokenizerFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An adapter's folder, as PEFT writes it, that becomes an artifact: beside its two files the
/// settings of the model with it, and the base's tokenizer where it has none. It names its base by
/// where that lies seen from itself, and keeps it from being cleaned away.
///
/// @param from where it came from, as the record and messages say it
/// @param notes told what people should know of it
record AdapterImport(Path path, String from, Workspace workspace, Consumer<String> notes) {
  private static final List<String> COPIED =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "chat_template.jinja",
          "generation_config.json",
          "calibration.json");

  private static final List<String> BOTTLENECKS =
      List.of(BottleneckConfig.TENSORS, BottleneckConfig.HEAD);

  /// @param named the base, as the user says
  Ref take(Imports imports, Optional<String> named) throws IOException {
    try (AdapterFile adapter = AdapterFile.open(path)) {
      String called = adapter.config().base().orElse("");
      Weights base =
          named.isPresent()
              ? workspace.find(named.get(), Weights.class)
              : workspace.find(found(called).toString(), Weights.class);
      Map<String, String> details = called.isEmpty() ? Map.of() : Map.of("base", called);
      Ref ref =
          imports.take(
              Weights.class,
              from,
              details,
              List.of(base.ref()),
              to -> fill(to, adapter, base.folder()));
      if (adapter.isOfAnother(base.folder())) {
        notes.accept(
            "it was trained on «%s», and is bound to %s as --base says: where the two differ, so does what it answers"
                .formatted(called, base.ref().brief()));
      }
      notes.accept(
          "it changes %s, and is merged with it when it is opened".formatted(base.ref().brief()));
      return ref;
    } catch (BrokenFileException | IllegalArgumentException e) {
      throw new InputException("%s cannot be imported: %s".formatted(from, e.getMessage()), e);
    }
  }

  private void fill(Path to, AdapterFile adapter, Path base) throws IOException {
    ObjectNode config =
        (ObjectNode)
            JsonMapper.shared().readTree(Files.readString(path.resolve(AdapterConfig.FILE)));
    boolean bottlenecks = adapter.config().bottlenecks().isPresent();
    config.put(bottlenecks ? "model_name" : "base_model_name_or_path", "../" + base.getFileName());
    Files.writeString(to.resolve(AdapterConfig.FILE), config.toPrettyString() + "\n");
    for (String name : bottlenecks ? BOTTLENECKS : List.of(AdapterFile.TENSORS)) {
      if (!name.equals(BottleneckConfig.HEAD) || Files.exists(path.resolve(name))) {
        Files.copy(path.resolve(name), to.resolve(name));
      }
    }
    String settings = Files.readString(base.resolve("config.json"));
    if (Files.exists(path.resolve("config.json"))) {
      settings = Files.readString(path.resolve("config.json"));
    } else {
      ModelShape before = Architectures.read(settings);
      ModelShape with = adapter.shape(before);
      if (!with.equals(before)) {
        var ends = new ConfigJson(settings);
        settings = with.configJson(new Specials(ends.endOfText(), ends.stops()));
        notes.accept(
            with.output().equals(before.output())
                ? "it has %,d tokens that the base does not have"
                    .formatted(with.vocabularySize() - before.vocabularySize())
                : "its labels have no names, and are called %s"
                    .formatted(String.join(", ", with.output().names())));
      }
    }
    Files.writeString(to.resolve("config.json"), settings);
    for (String name : COPIED) {
      Path own = path.resolve(name);
      Path first = Files.exists(own) || name.equals("calibration.json") ? own : base.resolve(name);
      if (Files.exists(first)) {
        Files.copy(first, to.resolve(name));
      }
    }
    TokenizerFolder.agree(to, notes);
    var _ =
        adapter.changes(Architectures.read(settings)); // names it as the user does, and its base
    ModelFolder.openWithVirtual(to, base).close();
  }

  /// The model here that an adapter names: by its path or its name at a hub when it was imported.
  private Ref found(String called) {
    String last = called.substring(called.lastIndexOf('/') + 1);
    String place = path.resolve(called).toAbsolutePath().normalize().toString();
    var matches = new ArrayList<Ref>();
    for (Ref ref : workspace.artifacts()) {
      if (called.isEmpty() || !ref.kind().equals(Artifact.kind(Weights.class))) {
        continue;
      }
      String origin =
          workspace
              .provenance(ref)
              .filter(p -> p.stage().equals(Imports.STAGE))
              .map(p -> JsonMapper.shared().readTree(p.configJson()).path("from").asString(""))
              .orElse("");
      if (ref.hash().equals(last)
          || origin.equals(place)
          || origin.equals("hf:" + called)
          || origin.startsWith("hf:" + called + "@")) {
        matches.add(ref);
      }
    }
    if (matches.size() != 1) {
      throw new ConfigException(
          "%s changes the model «%s», of which %s here; import that one%s, and name it: --base weights/…"
              .formatted(
                  from,
                  called.isEmpty() ? "?" : called,
                  matches.isEmpty() ? "there is none" : "there are " + matches.size(),
                  matches.isEmpty() ? " first" : " or choose one"));
    }
    return matches.getFirst();
  }
}
