// GraphQL Yoga as it comes.

import { serve } from "./yoga-server.mjs";

serve([]);
