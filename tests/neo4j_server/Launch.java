import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.neo4j.configuration.connectors.ConnectorPortRegister;
import org.neo4j.configuration.connectors.ConnectorType;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.kernel.internal.GraphDatabaseAPI;

/**
 * One Neo4j in the folder HOME, configured by HOME/conf/neo4j.conf. Writes its Bolt port to HOME/port once it listens.
 *
 * <p>It lives as long as its standard input is open: the kernel closes that pipe however the tests end, kill -9
 * included. Then the process ends at once and HOME, which holds test data only, is removed: nothing in it is worth an
 * orderly shutdown.
 */
public class Launch {
    public static void main(String[] arguments) throws IOException {
        Path home = Path.of(arguments[0]);
        // Before anything else, so that tests killed while the server starts leave nothing behind either.
        Thread life = new Thread(() -> endWithInput(home), "life");
        life.setDaemon(true);
        life.start();

        DatabaseManagementService server =
                new DatabaseManagementServiceBuilder(home)
                        .loadPropertiesFromFile(home.resolve("conf").resolve("neo4j.conf"))
                        .build();
        int port =
                ((GraphDatabaseAPI) server.database("neo4j"))
                        .getDependencyResolver()
                        .resolveDependency(ConnectorPortRegister.class)
                        .getLocalAddress(ConnectorType.BOLT)
                        .getPort();
        Path written = Files.writeString(home.resolve("port.new"), Integer.toString(port));
        Files.move(written, home.resolve("port"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void endWithInput(Path home) {
        try {
            while (System.in.read() != -1) {
                // Nothing is said on this pipe; only its end counts.
            }
        } catch (IOException closed) {
            // The same as the end.
        }
        try {
            // Twice, because the running server may add a file while the first pass walks.
            remove(home);
            remove(home);
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                path.toFile().delete();
            }
        } catch (IOException | java.io.UncheckedIOException vanished) {
            // The second pass takes what is left.
        }
    }
}
