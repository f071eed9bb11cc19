package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.OutputClosedException;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.NearestName;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The whole command: parses its arguments, runs it, and says in one line what went wrong. */
public final class Cli {
  /** Everything that was asked for was done. */
  static final int OK = 0;

  /** The exit code of a command that did not do all its work. */
  static final int FAILED = 1;

  /** The command line makes no sense. */
  static final int USAGE = 2;

  /** picocli's least width of a help text; a narrower terminal wraps it. */
  private static final int MIN_HELP_COLUMNS = 55;

  private static final int MAX_HELP_COLUMNS = 100;
  private static final int MAX_CAUSES = 20;

  private final Console console;

  /** A command that writes to {@code console}. */
  public Cli(Console console) {
    this.console = Objects.requireNonNull(console, "console");
  }

  /**
   * Runs one command line.
   *
   * @return 0 if all was done, 1 if something failed, 2 for wrong usage
   */
  public int run(String... args) {
    console.redactWith(ArgumentSecrets.of(args)::hideIn);
    // picocli prints the stack of what it cannot write: it writes here.
    StringWriter help = new StringWriter();
    try {
      int exitCode = commandLine(new PrintWriter(help)).execute(args);
      help.toString().lines().forEach(console::line);
      if (exitCode == OK) {
        console.flush();
      } else {
        flushWhatCanBe();
      }
      return exitCode;
    } catch (OutputClosedException e) {
      return OK;
    } catch (TraceStoreException e) {
      console.error("tracestore: " + firstLine(e.getMessage()));
      return FAILED;
    } catch (RuntimeException | Error e) {
      flushWhatCanBe();
      console.error("tracestore: " + reasonOf(e));
      if (Arrays.asList(args).contains("--verbose")) {
        tellStackOf(e);
      }
      return FAILED;
    }
  }

  /** One line for what no command expects. */
  static String reasonOf(Throwable e) {
    if (e instanceof OutOfMemoryError) {
      return "not enough memory: the JVM has a heap of %d MiB, and a single trace may need more; give it more with JAVA_OPTS=-Xmx2g"
          .formatted(Runtime.getRuntime().maxMemory() >> 20);
    }
    if (e instanceof LinkageError) {
      return "cannot load %s: a jar is missing or damaged, or no temporary folder can be written to (--verbose shows where)"
          .formatted(firstLine(e.getMessage()));
    }
    return "internal error: %s (--verbose shows where)".formatted(firstLine(e.toString()));
  }

  /**
   * Results of a command that failed; if they cannot be written, that is not said a second time.
   */
  private void flushWhatCanBe() {
    try {
      console.flush();
    } catch (OutputClosedException | TraceStoreException e) {
      // The command's own error was the first.
    }
  }

  private CommandLine commandLine(PrintWriter help) {
    CommandLine commands = new CommandLine(new TracestoreCommand(), new Commands(console));
    commands.registerConverter(Duration.class, Converters::duration);
    commands.registerConverter(Instant.class, Converters::instant);
    commands.registerConverter(Path.class, Path::of);
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setUsageHelpWidth(Math.clamp(console.columns(), MIN_HELP_COLUMNS, MAX_HELP_COLUMNS));
    commands.setUsageHelpAutoWidth(false);
    commands.setExpandAtFiles(false);
    commands.setOut(help);
    commands.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    commands.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            console.style().enabled() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    commands.setParameterExceptionHandler((e, args) -> wrongUsage(e));
    commands.setExecutionExceptionHandler((e, command, parsed) -> failed(e, parsed));
    return commands;
  }

  private int wrongUsage(ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    console.error(
        "tracestore: %s%s (%s --help)"
            .formatted(firstLine(e.getMessage()), suggestions(e), command));
    return USAGE;
  }

  /** The command or option that is nearest to a mistyped one. */
  private static String suggestions(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return "";
    }
    String wrong = unmatched.getUnmatched().getFirst().replaceFirst("=.*", "");
    CommandSpec command = e.getCommandLine().getCommandSpec();
    Set<String> known =
        wrong.startsWith("-") ? command.optionsMap().keySet() : command.subcommands().keySet();
    return NearestName.find(wrong, known).map("; did you mean %s?"::formatted).orElse("");
  }

  private int failed(Exception e, ParseResult parsed) {
    if (e instanceof OutputClosedException) {
      return OK;
    }
    boolean verbose = isVerbose(parsed);
    if (Thread.currentThread().isInterrupted()) {
      // Ctrl-C: what failed because of it is not the reason.
      console.error("tracestore: interrupted");
    } else if (e instanceof CommandFailedException || e instanceof TraceStoreException) {
      console.error(
          "tracestore: " + Stores.withoutCreate(firstLine(e.getMessage())) + unknownHost(e));
    } else {
      console.error("tracestore: " + reasonOf(e));
    }
    if (verbose) {
      tellStackOf(e);
    }
    return e instanceof CommandFailedException failed ? failed.exitCode() : FAILED;
  }

  private void tellStackOf(Throwable e) {
    StringWriter stack = new StringWriter();
    e.printStackTrace(new PrintWriter(stack));
    console.errorText(stack.toString());
  }

  /** Drivers say that a connection failed, or the name of the host alone. */
  private static String unknownHost(Throwable e) {
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause instanceof UnknownHostException) {
        return " (unknown host)";
      }
      cause = cause.getCause();
    }
    return "";
  }

  private static boolean isVerbose(ParseResult parsed) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    return last.commandSpec().userObject() instanceof BaseCommand command && command.isVerbose();
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "unknown reason" : message.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** Makes the commands, each with the console. */
  private static final class Commands implements CommandLine.IFactory {
    private final Console console;

    Commands(Console console) {
      this.console = console;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
      if (BaseCommand.class.isAssignableFrom(type)) {
        Constructor<K> constructor = type.getDeclaredConstructor(Console.class);
        return constructor.newInstance(console);
      }
      return CommandLine.defaultFactory().create(type);
    }
  }
}
