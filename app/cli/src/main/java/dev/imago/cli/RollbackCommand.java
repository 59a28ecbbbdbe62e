package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InService;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.node.ObjectNode;

/// Goes back to the model that was in service before.
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = "Go back to the model that was in service before the one there.",
    footer = {"", "Example:  imago rollback --because 'answers in the wrong language'"})
final class RollbackCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Option(names = "--because", paramLabel = "WHY", description = "Written down with it.")
  private @Nullable String because;

  @Override
  public Integer call() {
    Workspace workspace = new Workspace(imago.workspace());
    Optional<InService> service = InService.read(workspace);
    if (service.isEmpty()) {
      throw new ConfigException(
          "no model is in service in %s; `imago promote MODEL` puts one there"
              .formatted(imago.workspace()));
    }
    InService back = service.get().rolledBack(Clock.systemUTC().instant());
    Ref ref = workspace.find(back.model()).ref();
    ObjectNode decision = Promotion.decision("rollback", ref.toString(), service);
    if (because != null) {
      decision.put("because", because);
    }
    back.write(workspace, decision);
    System.out.printf(
        "%s is in service again, in the place of %s%n",
        ref.brief(), Ref.parse(service.get().model()).brief());
    return 0;
  }
}
