package dev.imago.cli;

import dev.imago.console.ConsoleConfig;
import dev.imago.console.ConsoleServer;
import dev.imago.core.Bounds;
import java.lang.ref.Reference;
import java.net.URI;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Shows the workspace in a browser until it is stopped.
@Command(
    name = "console",
    mixinStandardHelpOptions = true,
    description = "Show runs, artifacts and models in a browser, in English and Chinese.",
    footer = {
      "",
      "Example:  imago console",
      "Another trainer's runs:  imago console --logdir lightning_logs"
    })
final class ConsoleCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Option(names = "--port", description = "The port; 0 for any free one (default: 8090).")
  private int port = 8090;

  @Option(
      names = "--logdir",
      paramLabel = "DIR",
      description = "Show the runs of TensorBoard event files below a folder, too.")
  private @Nullable Path logdir;

  @Option(
      names = "--model",
      paramLabel = "URL",
      description =
          "The address of a server (`imago serve`, or any with OpenAI's API) that the playground"
              + " asks; may be given several times.")
  private List<URI> models = List.of();

  @Override
  public Integer call() throws InterruptedException {
    Bounds.whole("--port", port, 0, 65_535, "0 takes any free one");
    Logger helidon = Logger.getLogger("io.helidon");
    helidon.setLevel(Level.WARNING); // its greetings are not our user's business
    var config =
        new ConsoleConfig(
            port, imago.workspace(), Optional.ofNullable(logdir), models, ZoneId.systemDefault());
    ConsoleServer console = ConsoleServer.start(config);
    // The process ends by a signal: the hook stops the server and only then lets go.
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  console.close();
                  stopped.countDown();
                },
                "stop"));
    System.out.printf(
        "%nThe console of %s is at %s  (Ctrl-C stops it)%n", imago.workspace(), console.address());
    stopped.await();
    Reference.reachabilityFence(helidon); // the logging system lets go of loggers that nobody holds
    return 0;
  }
}
