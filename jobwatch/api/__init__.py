"""get_job and search_jobs_by_start_date over a log, and the endpoint that answers them."""
