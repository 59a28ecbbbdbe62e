package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ParseResult;

/// Starts several processes of one command, with torchrun's variables, and ends them together.
@Command(
    name = "launch",
    mixinStandardHelpOptions = true,
    description = {
      "Start several processes that train one model together: `imago launch --processes 2 -- run`.",
      "The first runs the recipe; the others help it where it trains. Each step's batch is shared"
          + " out among them."
    },
    footer = {
      "",
      "Example:  imago launch --processes 2 -- run --input ~/documents pretrain.batch=16",
      "On two machines:  imago launch --processes 1 --nnodes 2 --node-rank 0 --master-addr HOST --"
          + " run"
    })
final class LaunchCommand implements Callable<Integer> {
  private static final int USUAL_PORT = 29_500; // torchrun's

  /// For the others to notice, save and end by themselves.
  private static final long NOTICE_SECONDS = 20;

  private static final long STOP_SECONDS = 60;

  @ParentCommand private Imago imago = new Imago();

  @Option(
      names = "--processes",
      paramLabel = "N",
      required = true,
      description = "Processes on this machine.")
  private int processes;

  @Option(names = "--nnodes", paramLabel = "M", description = "Machines (default: 1).")
  private int machines = 1;

  @Option(
      names = "--node-rank",
      paramLabel = "I",
      description = "Which of them this is, from 0 (default: 0).")
  private int machine;

  @Option(
      names = "--master-addr",
      paramLabel = "HOST",
      description = "Machine 0, as the others reach it (default: 127.0.0.1).")
  private String address = "127.0.0.1";

  @Option(
      names = "--master-port",
      paramLabel = "PORT",
      description = "A free port of machine 0 (default: any, and 29500 for several machines).")
  private int port;

  @Parameters(
      paramLabel = "-- COMMAND …",
      arity = "1..*",
      description = "The command, such as run, and its words.")
  private List<String> words = List.of();

  /// A process that was started.
  private record Started(int rank, Process process) {}

  @Override
  public Integer call() throws Exception {
    Bounds.whole("--processes", processes, 1, 1024);
    Bounds.whole("--nnodes", machines, 1, 1024);
    Bounds.whole("--node-rank", machine, 0, machines - 1);
    Bounds.whole("--master-port", port, 0, 65_535);
    String[] wanted = words.toArray(String[]::new);
    ParseResult command = Imago.commandLine(new Imago(), wanted).parseArgs(wanted).subcommand();
    if (command == null || !command.commandSpec().name().equals("run")) {
      throw new ConfigException(
          "launch is for `run`, whose training is shared out, and «%s» is not: start that by itself"
              .formatted(String.join(" ", words)));
    }
    if (machines > 1 && address.equals("127.0.0.1")) {
      throw new ConfigException(
          "--nnodes = %d needs --master-addr: machine 0, as the others reach it"
              .formatted(machines));
    }
    String program = System.getProperty("imago.command");
    if (program == null) {
      throw new EnvironmentException(
          "launch starts `imago` again, which only its launcher can name");
    }
    int open = port > 0 ? port : machines > 1 ? USUAL_PORT : freePort();
    var started = new ArrayList<Started>();
    var stop = new Thread(() -> end(started, STOP_SECONDS), "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      for (int local = 0; local < processes; local++) {
        started.add(start(program, local, open));
      }
      return await(started);
    } finally {
      end(started, STOP_SECONDS);
      try {
        Runtime.getRuntime().removeShutdownHook(stop);
      } catch (IllegalStateException _) {
        // it is at work
      }
    }
  }

  private Started start(String program, int local, int open) throws IOException {
    int rank = machine * processes + local;
    var command = new ArrayList<String>();
    command.add(program);
    if (imago.workspace != null) {
      command.addAll(List.of("--workspace", imago.workspace.toString()));
    }
    if (imago.quiet) {
      command.add("--quiet");
    }
    if (imago.debug) {
      command.add("--debug");
    }
    command.addAll(words);
    var builder = new ProcessBuilder(command).inheritIO();
    if (rank > 0) {
      builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    }
    builder
        .environment()
        .putAll(
            Map.of(
                "RANK", String.valueOf(rank),
                "WORLD_SIZE", String.valueOf(machines * processes),
                "LOCAL_RANK", String.valueOf(local),
                "LOCAL_WORLD_SIZE", String.valueOf(processes),
                "MASTER_ADDR", address,
                "MASTER_PORT", String.valueOf(open)));
    return new Started(rank, builder.start());
  }

  /// Waits for all; once one has failed the others are of no use.
  private static int await(List<Started> started) throws InterruptedException {
    var endings = new LinkedBlockingQueue<Started>();
    started.forEach(one -> one.process().onExit().thenRun(() -> endings.add(one)));
    var running = new ArrayList<>(started);
    while (!running.isEmpty()) {
      Started ended = endings.take();
      running.remove(ended);
      int status = ended.process().exitValue();
      if (status != 0) {
        failed(ended, status, running);
        return status;
      }
    }
    return 0;
  }

  private static void failed(Started ended, int status, List<Started> running)
      throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(NOTICE_SECONDS);
    boolean alone = running.stream().anyMatch(r -> r.process().isAlive());
    for (Started one : running) {
      one.process().waitFor(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
    if (alone && status > 128) { // the process itself could say nothing
      System.err.println(
          "imago: process %d was killed by signal %d, and the others have ended; the same command goes on, also with another --processes"
              .formatted(ended.rank(), status - 128));
    }
  }

  private static void end(List<Started> started, long seconds) {
    for (Started one : started) {
      one.process().destroy();
    }
    try {
      for (Started one : started) {
        if (!one.process().waitFor(seconds, TimeUnit.SECONDS)) {
          one.process().destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
