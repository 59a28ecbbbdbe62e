package dev.imago.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Which model of a workspace is in service, and every decision that it should be:
/// `serving/current.json`, which servers watch, and `serving/decisions.jsonl`, to which each
/// decision is appended before it takes effect, with all that decided.
///
/// @param model its reference, `weights/…`
/// @param before what was in service before it, the last one first: where `rollback` goes
/// @param since when it came into service
public record InService(String model, List<String> before, Instant since) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_BEFORE = 32;

  public InService {
    before = List.copyOf(before);
  }

  /// The file that says which it is.
  public static Path file(Workspace workspace) {
    return workspace.root().resolve("serving").resolve("current.json");
  }

  private static Path decisions(Workspace workspace) {
    return workspace.root().resolve("serving").resolve("decisions.jsonl");
  }

  /// The folder of the evaluation by which a model last came into service, as it was named; empty
  /// where none did by one.
  public static Optional<String> lastEvaluation(Workspace workspace) {
    Path file = decisions(workspace);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Optional<String> last = Optional.empty();
    try {
      for (String line : Files.readAllLines(file)) {
        JsonNode decision = JSON.readTree(line);
        JsonNode evaluation = decision.path("evaluation");
        if (decision.path("promoted").asBoolean(false) && evaluation.isString()) {
          last = Optional.of(evaluation.stringValue());
        }
      }
    } catch (JacksonException e) {
      throw new InputException(
          "%s is broken (%s): mend its last line".formatted(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
    return last;
  }

  /// Empty where none has come into service.
  ///
  /// @throws InputException for a broken file
  public static Optional<InService> read(Workspace workspace) {
    Path file = file(workspace);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readString(file), InService.class));
    } catch (JacksonException e) {
      throw new InputException(
          "%s is broken (%s): remove it, and promote a model again"
              .formatted(file, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// The same with another model in its place, this one being where `rollback` goes.
  ///
  /// @param now what was in service; null where nothing was
  public static InService promoted(@Nullable InService now, String model, Instant time) {
    var before = new ArrayList<String>();
    if (now != null) {
      before.add(now.model);
      before.addAll(now.before);
    }
    return new InService(model, before.subList(0, Math.min(MOST_BEFORE, before.size())), time);
  }

  /// The same with what was in service before.
  ///
  /// @throws ConfigException where nothing was
  public InService rolledBack(Instant time) {
    if (before.isEmpty()) {
      throw new ConfigException(
          "%s is the first model that came into service: there is none to go back to"
              .formatted(model));
    }
    return new InService(before.getFirst(), before.subList(1, before.size()), time);
  }

  /// Puts it into service, once the decision is on disk.
  ///
  /// @param decision what decided
  public void write(Workspace workspace, ObjectNode decision) {
    decide(workspace, decision);
    AtomicFile.write(
        file(workspace), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
  }

  /// Writes a decision down.
  public static void decide(Workspace workspace, ObjectNode decision) {
    Path file = decisions(workspace);
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(
          file,
          JSON.writeValueAsString(decision) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND,
          StandardOpenOption.DSYNC);
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
  }
}
