package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Text;
import io.tracestore.codec.ReflowJsonWriter;
import io.tracestore.migration.files.OutputFile;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.TraceStore;
import io.tracestore.view.TracePage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws one trace. */
@Command(
    name = "show",
    description = {
      "Draw one trace as a timeline: a line for each actor's work, below what caused it.",
      "With --json the trace is written as it is, with --html as a page for a browser."
    })
final class ShowCommand extends BaseCommand {
  private static final int ROWS = 300;
  private static final int MIN_WIDTH = 20;
  private static final int MAX_WIDTH = 1000;

  @Parameters(index = "0", paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Parameters(
      index = "1",
      paramLabel = "TRACE_ID",
      description = "The trace: its UUID, a Zipkin id, or the first digits if only one has them.")
  private String traceId = "";

  @Option(names = "--all", description = "Draw all lines, not only the first 300.")
  private boolean all;

  @Option(
      names = "--width",
      paramLabel = "COLUMNS",
      description = "Draw this wide, 20 to 1000, instead of as wide as the terminal.")
  private @Nullable Integer width;

  @Option(
      names = "--verify-content",
      description = {
        "Compare the contents of messages with their checksums instead;",
        "the exit code is 1 if one differs."
      })
  private boolean verifyContent;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description =
          "Write the trace as a page for a browser, in one file that needs nothing else. A page"
              + " that is there is replaced.")
  private @Nullable Path html;

  ShowCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    if (width != null && (width < MIN_WIDTH || width > MAX_WIDTH)) {
      throw CommandFailedException.usage(
          "--width must be %d to %d: %d".formatted(MIN_WIDTH, MAX_WIDTH, width), null);
    }
    try (TraceStore store = Stores.openExisting(uri)) {
      FlowTrace header = TraceIds.find(store, traceId);
      if (html != null) {
        writePage(store, header.withEvents(store.getEvents(header.traceId())), html);
        return Cli.OK;
      }
      try (EventCursor events = store.openEvents(header.traceId(), EventRange.ALL)) {
        return show(header, events);
      }
    }
  }

  private int show(FlowTrace header, EventCursor events) {
    if (verifyContent) {
      return ContentCheck.run(this, events);
    }
    if (isJson()) {
      try (ReflowJsonWriter writer =
          new ReflowJsonWriter(console().stream(), ReflowJsonWriter.Layout.LINES)) {
        long unused = writer.write(header, events);
      }
    } else {
      int columns = width != null ? width : console().columns();
      TraceView.print(console(), header, events, columns, all ? Integer.MAX_VALUE : ROWS);
    }
    return Cli.OK;
  }

  private void writePage(TraceStore store, FlowTrace trace, Path file) {
    try {
      OutputFile target = OutputFile.at(file);
      refuseToReplace(store, target, file);
      boolean unused =
          target.write(out -> {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            TracePage.writeFile(trace, writer);
            writer.flush();
            return true;
          });
    } catch (IOException | UncheckedIOException e) {
      throw CommandFailedException.failed(
          "cannot write %s: %s".formatted(file, String.valueOf(e.getMessage())));
    }
    if (isJson()) {
      printJson(Map.of("trace", trace.traceId().toString(), "html", file.toString()));
    } else {
      print(Text.harmless("wrote " + file));
    }
  }

  /** Refuses to replace what this command never made. */
  private static void refuseToReplace(TraceStore store, OutputFile target, Path file)
      throws IOException {
    if (target.isOneOf(store.files())) {
      throw CommandFailedException.failed(
          "%s belongs to the store %s; name another file".formatted(file, Stores.nameOf(store)));
    }
    if (!target.isStream() && Files.exists(target.path()) && !isPage(target.path())) {
      throw CommandFailedException.failed(
          "%s is there, and is no page; name another file, or remove it".formatted(file));
    }
  }

  private static boolean isPage(Path file) throws IOException {
    byte[] page = TracePage.BEGINNING.getBytes(StandardCharsets.US_ASCII);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(page.length);
      return start.length == 0 || Arrays.equals(start, page);
    }
  }
}
