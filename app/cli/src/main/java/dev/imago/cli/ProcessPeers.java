package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.Peers;
import dev.imago.torch.LostPeerException;
import dev.imago.torch.ProcessGroup;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The processes of a run, over libtorch's store: they agree on the recipe before any work, then
/// the first says what comes next.
final class ProcessPeers implements Peers, AutoCloseable {
  /// Pods and jobs of one group do not start at once.
  private static final Duration START = Duration.ofMinutes(15);

  /// For the last word to be heard.
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  private static final Duration SOON = Duration.ofSeconds(1);

  private final ProcessGroup group;
  private int announced;
  private int heard;

  private ProcessPeers(ProcessGroup group) {
    this.group = group;
  }

  static ProcessPeers join(ProcessGroup.Member member) {
    try {
      return new ProcessPeers(ProcessGroup.join(member, START));
    } catch (LostPeerException e) {
      throw environment(e);
    }
  }

  ProcessGroup group() {
    return group;
  }

  boolean first() {
    return group.rank() == 0;
  }

  private static EnvironmentException environment(LostPeerException e) {
    return new EnvironmentException(String.valueOf(e.getMessage()), e);
  }

  /// Compares what all processes were asked to do, and connects them.
  ///
  /// @param resolved this one's recipe
  /// @param version of the program
  /// @throws ConfigException in all of them where they differ, with how
  void agree(Map<String, Object> resolved, String version) throws InterruptedException {
    JsonMapper json = JsonMapper.shared();
    String said = json.writeValueAsString(Map.of("imago", version, "recipe", resolved));
    JsonNode own = json.readTree(said); // with the kinds of numbers that the others' text has
    try {
      group.tell("recipe/" + group.rank(), said);
      if (first()) {
        String verdict = "";
        for (int rank = 1; rank < group.size() && verdict.isEmpty(); rank++) {
          verdict = verdict(own, rank);
        }
        group.tell("verdict", verdict);
      }
      String verdict = hear("verdict", "process 0 does not say whether the recipes agree");
      if (!verdict.isEmpty()) {
        throw new ConfigException(verdict);
      }
      StandardOutput.without(() -> group.connect(START));
    } catch (LostPeerException e) {
      throw environment(e);
    }
  }

  /// Says that this process's recipe is refused, and why.
  void refuse(String message) {
    String topic = first() ? "verdict" : "recipe/" + group.rank();
    try {
      group.tell(topic, first() ? message : JsonMapper.shared().writeValueAsString(message));
    } catch (LostPeerException e) {
      throw environment(e);
    }
  }

  private String verdict(JsonNode own, int rank) throws InterruptedException {
    String told =
        hear(
            "recipe/" + rank,
            "process %d of %d has not come within %d minutes: all must be started with the same address and port"
                .formatted(rank, group.size(), START.toMinutes()));
    JsonNode other = JsonMapper.shared().readTree(told);
    if (other.isString()) {
      return "process %d: %s".formatted(rank, other.stringValue());
    }
    String difference = difference("", own, other);
    return difference == null
        ? ""
        : "the processes disagree on the recipe: %s in process %d; start all with the same command"
            .formatted(difference, rank);
  }

  /// The first that differs, such as `pretrain.depth = 4 in process 0, and 6`.
  static @Nullable String difference(String path, JsonNode own, JsonNode other) {
    if (own.equals(other)) {
      return null;
    }
    if (own.isObject() && other.isObject()) {
      var names = new TreeSet<String>();
      names.addAll(own.propertyNames());
      names.addAll(other.propertyNames());
      for (String name : names) {
        JsonNode mine = own.path(name);
        JsonNode theirs = other.path(name);
        String inner = path.isEmpty() ? name : path + "." + name;
        String found = difference(inner, mine, theirs);
        if (found != null) {
          return found;
        }
      }
    }
    String place = path.replaceFirst("^recipe\\.(stages\\.)?", "");
    return "%s = %s in process 0, and %s".formatted(place, told(own), told(other));
  }

  private static String told(JsonNode value) {
    return value.isMissingNode() ? "not there" : value.toString();
  }

  private String hear(String topic, String otherwise) throws InterruptedException {
    return group.hear(topic, START).orElseThrow(() -> new EnvironmentException(otherwise));
  }

  @Override
  public void announce(String text) {
    try {
      group.tell("next/" + announced++, text);
    } catch (LostPeerException e) {
      throw environment(e);
    }
  }

  @Override
  public String next() throws InterruptedException {
    try {
      while (true) {
        Optional<String> next = group.hear("next/" + heard, SOON);
        if (next.isPresent()) {
          heard++;
          return next.get();
        }
      }
    } catch (LostPeerException e) {
      throw environment(e);
    }
  }

  /// Leaves the group; the first, who holds the store, when all others have.
  @Override
  public void close() {
    group.disconnect();
    try {
      group.tell("left/" + group.rank(), "");
      for (int rank = 1; first() && rank < group.size(); rank++) {
        if (group.hear("left/" + rank, FAREWELL).isEmpty()) {
          break; // it is gone without a word
        }
      }
    } catch (LostPeerException e) {
      // the others are gone, and so is this one
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    group.close();
  }
}
